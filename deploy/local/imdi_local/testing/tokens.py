"""Access tokens for tests, signed by a key that the service under test is told to trust."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

ISSUER = "http://registry.test"
MEMBER = {"status": "accredited", "licensed_until": "2027-12-31", "sequence": 1}
LIFETIME_S = 600


class Mint:
    """An issuer of one's own."""

    def __init__(self) -> None:
        self._key = ECKey.generate_key("P-256", {"kid": "test", "use": "sig"})
        self.public = KeySet.import_key_set(KeySet([self._key]).as_dict(private=False))

    def token(
        self, audience: list[str], scopes: str, member: dict[str, Any] | None, now: datetime, **claims: Any
    ) -> str:
        """A signed ``at+jwt``; ``member`` needs ``id``, ``kind`` and ``country``, and is accredited unless it says."""
        client = f"client-of-{member['id']}" if member else f"client-{scopes}"
        body = {
            "iss": ISSUER,
            "sub": client,
            "client_id": client,
            "aud": audience,
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + LIFETIME_S,
            "jti": str(uuid4()),
            "scope": scopes,
            "member": MEMBER | {key: str(value) if key == "id" else value for key, value in member.items()}
            if member
            else None,
        }
        return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "test"}, body | claims, self._key)

"""Small disks for the servers' data, where root may mount them, so that they can be full."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

SIZE = "3g"
FILLER = ".full"


class Disks:
    """A tmpfs of its own under each server's data folder; ``why_not`` says why there is none."""

    def __init__(self, home: Path, size: str = SIZE) -> None:
        self._home = home
        self._size = size
        self._mounted: list[Path] = []
        self.why_not = "" if os.geteuid() == 0 else "only root may mount a tmpfs"

    @property
    def there(self) -> bool:
        return bool(self._mounted)

    def put_under(self, *servers: str) -> None:
        """Move data made by a first start, now stopped, onto a tmpfs in the same place."""
        for name in servers:
            if not self.why_not:
                self._put_under(self._home / name)

    def fill(self, server: str) -> None:
        """Leave no room."""
        filler = self._home / server / FILLER
        with filler.open("wb") as file, suppress(OSError):
            while True:
                os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), 64 << 20)
                file.seek(0, os.SEEK_END)
        with filler.open("ab", buffering=0) as file, suppress(OSError):
            while file.write(b"\0" * 4096):
                continue

    def empty(self, server: str) -> None:
        (self._home / server / FILLER).unlink(missing_ok=True)

    def release(self) -> None:
        for place in self._mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=False)
        self._mounted.clear()

    def _put_under(self, place: Path) -> None:
        owner = place.stat()
        with tempfile.TemporaryDirectory(dir=self._home.parent) as aside:
            kept = Path(aside) / place.name
            subprocess.run(["cp", "-a", str(place), str(kept)], check=True)
            options = f"size={self._size},mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
            mounting = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)],
                capture_output=True,
                text=True,
                check=False,
            )
            if mounting.returncode:
                self.why_not = mounting.stderr.strip() or "mount refused"
                return
            self._mounted.append(place)
            subprocess.run(["cp", "-a", f"{kept}/.", str(place)], check=True)
            shutil.rmtree(kept)

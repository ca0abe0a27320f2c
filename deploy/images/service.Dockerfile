# One image per service, from the workspace's root:
#   docker build -f deploy/images/service.Dockerfile --build-arg SERVICE=matching -t imdi/matching:0.1.0 .
# SERVICE is registry, matching, legislation, worker-prep or portal; `local` gives the image that provides databases
# and topics. The container's arguments are a role: serve | api | relay | projections | policies | clock | migrate | …

FROM python:3.11-slim AS build
ARG UV_VERSION=0.13.9
RUN pip install --no-cache-dir uv==${UV_VERSION}
WORKDIR /source
COPY pyproject.toml uv.lock ./
COPY libs libs
COPY services services
COPY deploy/local deploy/local
ARG SERVICE
RUN test -n "${SERVICE}" || { echo "say which: --build-arg SERVICE=matching"; exit 2; }
ENV UV_PROJECT_ENVIRONMENT=/imdi/environment UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
RUN uv sync --frozen --no-dev --no-editable --package "imdi-${SERVICE}"
# Law as data is no part of the package; the other services have none.
RUN mkdir -p /imdi/packs && if [ -d "services/${SERVICE}/packs" ]; then cp -r "services/${SERVICE}/packs/." /imdi/packs/; fi
RUN printf '#!/bin/sh\nexec /imdi/environment/bin/python -m imdi_%s "$@"\n' "$(echo "${SERVICE}" | tr - _)" > /imdi/run \
    && chmod 755 /imdi/run

FROM python:3.11-slim
ARG SERVICE
# Reports as PDF are laid out with Pango.
RUN if [ "${SERVICE}" = legislation ]; then apt-get update && apt-get install -y --no-install-recommends \
    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core && rm -rf /var/lib/apt/lists/*; fi
RUN useradd --system --uid 10001 --no-create-home imdi
COPY --from=build /imdi /imdi
ENV IMDI_LEGISLATION_PACKS=/imdi/packs PYTHONUNBUFFERED=1
USER 10001
# SIGTERM lets a service finish what it is at; give it 30 s before SIGKILL.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/imdi/run"]
CMD ["serve"]

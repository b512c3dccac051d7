ARG PYTHON_VERSION=3.12

# Layers, each redone only when its own sources change; deploy/package.py says what they hold.
FROM public.ecr.aws/lambda/python:${PYTHON_VERSION} AS build
ARG PYTHON_VERSION
WORKDIR /src
COPY challenge_neuralworks/deploy/package.py challenge_neuralworks/deploy/package.py
COPY docker/entrypoint.sh docker/entrypoint.sh
RUN python3 -P challenge_neuralworks/deploy/package.py --python-version ${PYTHON_VERSION} layer entrypoint --into /out
COPY requirements/function.txt requirements/function.txt
RUN python3 -P challenge_neuralworks/deploy/package.py --python-version ${PYTHON_VERSION} layer dependencies --into /out
COPY challenge_neuralworks/ challenge_neuralworks/
RUN python3 -P challenge_neuralworks/deploy/package.py --python-version ${PYTHON_VERSION} layer package --into /out
COPY models/ models/
RUN python3 -P challenge_neuralworks/deploy/package.py --python-version ${PYTHON_VERSION} layer models --into /out

FROM public.ecr.aws/lambda/python:${PYTHON_VERSION}
# Bytecode is in the image already, and its files may be read-only.
ENV PYTHONDONTWRITEBYTECODE=1
# Rarest change first, so that a new model costs one small layer. Each holds its folders from / on, with fixed dates: two
# builds of the same sources give the same layers.
COPY --from=build /out/entrypoint/ /
COPY --from=build /out/dependencies/ /
COPY --from=build /out/package/ /
COPY --from=build /out/models/ /
ENTRYPOINT ["/bin/sh", "/usr/local/bin/neuralworks-entrypoint"]
CMD ["challenge_neuralworks.lambda_handler.lambda_handler"]

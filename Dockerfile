ARG PYTHON_VERSION=3.12

# Three parts, each redone only when its own sources change; deploy/package.py says what they hold.
FROM public.ecr.aws/lambda/python:${PYTHON_VERSION} AS build
ARG PYTHON_VERSION
WORKDIR /src
COPY challenge_neuralworks/deploy/package.py challenge_neuralworks/deploy/package.py
COPY requirements/function.txt requirements/function.txt
RUN python3 -P challenge_neuralworks/deploy/package.py --python-version ${PYTHON_VERSION} stage dependencies --into /out
COPY challenge_neuralworks/ challenge_neuralworks/
RUN python3 -P challenge_neuralworks/deploy/package.py --python-version ${PYTHON_VERSION} stage package --into /out
COPY models/ models/
RUN python3 -P challenge_neuralworks/deploy/package.py --python-version ${PYTHON_VERSION} stage models --into /out

FROM public.ecr.aws/lambda/python:${PYTHON_VERSION}
# Bytecode is in the image already, and its files may be read-only.
ENV PYTHONDONTWRITEBYTECODE=1
# Rarest change first, so that a new model costs one small layer.
COPY docker/entrypoint.sh /usr/local/bin/neuralworks-entrypoint
COPY --from=build /out/dependencies/ ${LAMBDA_TASK_ROOT}/
COPY --from=build /out/package/ ${LAMBDA_TASK_ROOT}/
COPY --from=build /out/models/ ${LAMBDA_TASK_ROOT}/
ENTRYPOINT ["/bin/sh", "/usr/local/bin/neuralworks-entrypoint"]
CMD ["challenge_neuralworks.lambda_handler.lambda_handler"]

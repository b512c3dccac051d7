# What API Gateway answers itself, in the form of serving/problems.py.
locals {
  problems = {
    ACCESS_DENIED                  = [403, "access-denied", "Access is denied"]
    API_CONFIGURATION_ERROR        = [500, "internal-error", "Internal error"]
    AUTHORIZER_CONFIGURATION_ERROR = [500, "internal-error", "Internal error"]
    AUTHORIZER_FAILURE             = [500, "internal-error", "Internal error"]
    BAD_REQUEST_BODY               = [400, "bad-request", "The request cannot be answered"]
    BAD_REQUEST_PARAMETERS         = [400, "bad-request", "The request cannot be answered"]
    DEFAULT_4XX                    = [null, "bad-request", "The request cannot be answered"]
    DEFAULT_5XX                    = [null, "internal-error", "Internal error"]
    EXPIRED_TOKEN                  = [403, "access-denied", "Access is denied"]
    INTEGRATION_FAILURE            = [429, "too-many-requests", "Too many requests"]
    INTEGRATION_TIMEOUT            = [504, "timeout", "The answer took too long"]
    INVALID_API_KEY                = [403, "key-required", "An API key is required"]
    INVALID_SIGNATURE              = [403, "access-denied", "Access is denied"]
    MISSING_AUTHENTICATION_TOKEN   = [404, "unknown-route", "There is no such route"]
    QUOTA_EXCEEDED                 = [429, "quota-exceeded", "The key's quota is used up"]
    REQUEST_TOO_LARGE              = [413, "body-too-large", "The body is too large"]
    RESOURCE_NOT_FOUND             = [404, "unknown-route", "There is no such route"]
    THROTTLED                      = [429, "too-many-requests", "Too many requests"]
    UNAUTHORIZED                   = [401, "access-denied", "Access is denied"]
    UNSUPPORTED_MEDIA_TYPE         = [415, "unsupported-media-type", "The body's media type is not understood"]
    WAF_FILTERED                   = [403, "access-denied", "Access is denied"]
  }

  # Buckets fill by the second, and so does concurrency (what INTEGRATION_FAILURE means behind Lambda: it turned
  # the call away); a quota's period is a day or more.
  retry_after_s = { THROTTLED = 1, INTEGRATION_FAILURE = 1, QUOTA_EXCEEDED = 3600 }

  gateway_responses = {
    for type, problem in local.problems : type => merge(
      problem[0] == null ? {} : { statusCode = tostring(problem[0]) },
      {
        responseParameters = merge(
          {
            "gatewayresponse.header.Access-Control-Allow-Origin" = "'*'"
            "gatewayresponse.header.Content-Type"                = "'application/problem+json'"
          },
          contains(keys(local.retry_after_s), type) ? {
            "gatewayresponse.header.Access-Control-Expose-Headers" = "'Retry-After'"
            "gatewayresponse.header.Retry-After"                   = "'${local.retry_after_s[type]}'"
          } : {},
        )
        # Plain substitution, no VTL. A default stands for many statuses and does not know which.
        responseTemplates = {
          "application/json" = jsonencode(merge(
            {
              type       = "urn:challenge-neuralworks:problem:${problem[1]}"
              title      = problem[2]
              code       = problem[1]
              request_id = "$context.requestId"
            },
            problem[0] == null ? {} : { status = problem[0] },
          ))
        }
      },
    )
  }
}

locals {
  issuer   = "token.actions.githubusercontent.com"
  provider = "arn:${var.account.partition}:iam::${var.account.id}:oidc-provider/${local.issuer}"

  # A job that names an environment carries it in place of its branch.
  subject = "repo:${var.repository}:${var.environment == null ? "ref:refs/heads/${coalesce(var.branch, "-")}" : "environment:${var.environment}"}"
}

# An account holds one. Its thumbprint is AWS's affair: it trusts GitHub's certificate authority.
resource "aws_iam_openid_connect_provider" "github" {
  count = var.create_provider ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "ci" {
  name                 = "${var.name}-ci"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = local.provider }
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = local.subject
        }
      }
    }]
  })

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "ci" {
  name = "deploy"
  role = aws_iam_role.ci.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          # These two know no resources to name: a login to the registry, and reading metrics.
          Sid      = "LoginAndWatch"
          Effect   = "Allow"
          Action   = ["ecr:GetAuthorizationToken", "cloudwatch:GetMetricData"]
          Resource = "*"
        },
        {
          Sid    = "Push"
          Effect = "Allow"
          Action = [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:CompleteLayerUpload",
            "ecr:DescribeImageScanFindings",
            "ecr:GetDownloadUrlForLayer",
            "ecr:InitiateLayerUpload",
            "ecr:PutImage",
            "ecr:UploadLayerPart",
          ]
          Resource = var.repository_arn
        },
        {
          Sid    = "Deploy"
          Effect = "Allow"
          Action = [
            "lambda:CreateAlias",
            "lambda:GetAlias",
            "lambda:GetFunction",
            "lambda:GetProvisionedConcurrencyConfig",
            "lambda:InvokeFunction",
            "lambda:PublishVersion",
            "lambda:UpdateAlias",
            "lambda:UpdateFunctionCode",
          ]
          Resource = [var.function_arn, "${var.function_arn}:*"]
        },
      ],
      [for key in var.smoke_key_arn[*] : {
        Sid      = "ReadSmokeKey"
        Effect   = "Allow"
        Action   = ["apigateway:GET"]
        Resource = key
      }],
    )
  })
}

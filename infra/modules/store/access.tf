locals {
  objects    = "${aws_s3_bucket.this.arn}/${var.prefix}*"
  aliases    = "${aws_s3_bucket.this.arn}/${var.prefix}*/aliases/*"
  production = "${aws_s3_bucket.this.arn}/${var.prefix}*/aliases/production.json"
  writers    = setunion(var.publishers, var.promoters)
}

# Who writes is said here, whatever other policies of the account allow. The function's role reads by a policy of its own.
resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "WritersRead"
        Effect    = "Allow"
        Principal = { AWS = sort(local.writers) }
        Action    = ["s3:GetObject"]
        Resource  = local.objects
      },
      {
        Sid       = "WritersList"
        Effect    = "Allow"
        Principal = { AWS = sort(local.writers) }
        Action    = ["s3:ListBucket"]
        Resource  = aws_s3_bucket.this.arn
        Condition = { StringLike = { "s3:prefix" = "${var.prefix}*" } }
      },
      {
        Sid       = "WritersWrite"
        Effect    = "Allow"
        Principal = { AWS = sort(local.writers) }
        Action    = ["s3:PutObject"]
        Resource  = local.objects
      },
      {
        Sid         = "OnlyPublishersPublish"
        Effect      = "Deny"
        Principal   = "*"
        Action      = ["s3:PutObject"]
        NotResource = local.aliases
        Condition   = { ArnNotEquals = { "aws:PrincipalArn" = sort(var.publishers) } }
      },
      {
        Sid       = "OnlyWritersMoveAliases"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:PutObject"]
        Resource  = local.aliases
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = sort(local.writers) } }
      },
      {
        Sid       = "OnlyPromotersMoveProduction"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:PutObject"]
        Resource  = local.production
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = sort(var.promoters) } }
      },
      {
        # A write that does not ask to find nothing there might rewrite a version.
        Sid         = "VersionsAreWrittenOnce"
        Effect      = "Deny"
        Principal   = "*"
        Action      = ["s3:PutObject"]
        NotResource = local.aliases
        Condition   = { Null = { "s3:if-none-match" = "true" } }
      },
      {
        Sid       = "AliasesMoveByCompareAndSwap"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:PutObject"]
        Resource  = local.aliases
        Condition = { Null = { "s3:if-match" = "true", "s3:if-none-match" = "true" } }
      },
      {
        Sid       = "NothingIsDeletedForGood"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:DeleteObjectVersion"]
        Resource  = local.objects
      },
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:*"]
        Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}

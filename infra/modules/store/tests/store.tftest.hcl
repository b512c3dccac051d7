mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  bucket     = "neural-dev-models"
  publishers = ["arn:aws:iam::123456789012:role/neural-dev-ci"]
  promoters  = ["arn:aws:iam::123456789012:role/release-managers"]
}

run "nobody_outside_gets_in_and_nothing_travels_in_the_clear" {
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "all public access must be blocked"
  }

  assert {
    condition = [
      for one in jsondecode(aws_s3_bucket_policy.this.policy).Statement : one.Condition if one.Sid == "TlsOnly" && one.Effect == "Deny"
    ] == [{ Bool = { "aws:SecureTransport" = "false" } }]
    error_message = "requests without TLS must be refused"
  }

  assert {
    condition     = [for one in jsondecode(aws_s3_bucket_policy.this.policy).Statement : one.Sid if one.Effect == "Allow" && one.Principal == "*"] == []
    error_message = "nothing may be allowed to everybody"
  }
}

run "objects_are_encrypted_and_kept" {
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "objects must be encrypted"
  }

  assert {
    condition     = one(aws_s3_bucket_versioning.this.versioning_configuration).status == "Enabled"
    error_message = "what is replaced or deleted must be kept for a while"
  }

  assert {
    condition     = alltrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : length(rule.expiration) == 0])
    error_message = "no rule may expire what is there: an alias may point at it"
  }

  assert {
    condition     = one(one(aws_s3_bucket_lifecycle_configuration.this.rule).noncurrent_version_expiration).noncurrent_days == 90
    error_message = "what was replaced must go after the given days"
  }

  assert {
    condition     = [for one in jsondecode(aws_s3_bucket_policy.this.policy).Statement : one.Action if one.Sid == "NothingIsDeletedForGood"] == [["s3:DeleteObjectVersion"]]
    error_message = "nobody may delete for good"
  }
}

run "each_writes_what_is_theirs" {
  assert {
    condition = [
      for one in jsondecode(aws_s3_bucket_policy.this.policy).Statement : one.Condition.ArnNotEquals["aws:PrincipalArn"] if one.Sid == "OnlyPublishersPublish"
    ] == [["arn:aws:iam::123456789012:role/neural-dev-ci"]]
    error_message = "publishers, and nobody else, may write versions"
  }

  assert {
    condition = [
      for one in jsondecode(aws_s3_bucket_policy.this.policy).Statement : [one.Resource, one.Condition.ArnNotEquals["aws:PrincipalArn"]] if one.Sid == "OnlyPromotersMoveProduction"
    ] == [["arn:aws:s3:::neural-dev-models/models/*/aliases/production.json", ["arn:aws:iam::123456789012:role/release-managers"]]]
    error_message = "promoters, and nobody else, may move production"
  }

  assert {
    condition     = toset(flatten([for one in jsondecode(aws_s3_bucket_policy.this.policy).Statement : one.Action if one.Effect == "Allow"])) == toset(["s3:GetObject", "s3:ListBucket", "s3:PutObject"])
    error_message = "reading, listing and writing, and no more, may be allowed"
  }
}

run "a_version_is_never_rewritten" {
  assert {
    condition = [
      for one in jsondecode(aws_s3_bucket_policy.this.policy).Statement : [one.NotResource, one.Condition] if one.Sid == "VersionsAreWrittenOnce" && one.Effect == "Deny"
    ] == [["arn:aws:s3:::neural-dev-models/models/*/aliases/*", { Null = { "s3:if-none-match" = "true" } }]]
    error_message = "whatever is no alias must be written where nothing is"
  }

  assert {
    condition = [
      for one in jsondecode(aws_s3_bucket_policy.this.policy).Statement : one.Condition if one.Sid == "AliasesMoveByCompareAndSwap" && one.Effect == "Deny"
    ] == [{ Null = { "s3:if-match" = "true", "s3:if-none-match" = "true" } }]
    error_message = "an alias must be moved by compare-and-swap"
  }
}

run "a_given_key_encrypts_the_objects" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/one"
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn
    error_message = "objects must be encrypted with the given key"
  }
}

run "the_url_is_the_one_to_follow" {
  assert {
    condition     = output.url == "s3://neural-dev-models/models" && output.models_bucket.prefix == "models/"
    error_message = "the URL must name bucket and prefix"
  }
}

run "bad_variables_are_refused" {
  command = plan

  variables {
    bucket            = "Models"
    prefix            = "models"
    publishers        = ["*"]
    promoters         = []
    forget_after_days = 0
    kms_key_arn       = "alias/mine"
  }

  expect_failures = [var.bucket, var.prefix, var.publishers, var.promoters, var.forget_after_days, var.kms_key_arn]
}

locals {
  permissions_boundary = var.permissions_boundary == null ? null : (
    startswith(var.permissions_boundary, "arn:") ? var.permissions_boundary
    : "arn:${local.partition}:iam::${local.account}:policy/${var.permissions_boundary}"
  )

  logs = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group"

  # All names that begin with the text before the first brace.
  log_group_prefix = split("{", var.log_group)[0]
  stored = join("", [
    "${local.logs}:${local.log_group_prefix}",
    local.log_group_prefix == var.log_group ? "" : "*",
  ])
  fallback = "${local.logs}:${var.fallback_log_group}"
  own      = "${local.logs}:${aws_cloudwatch_log_group.function.name}"

  statements = [
    {
      Sid    = "WriteEvents"
      Effect = "Allow"
      Action = concat(
        [
          "logs:CreateLogGroup",
          "logs:CreateLogStream",
          "logs:PutLogEvents",
          "logs:PutRetentionPolicy",
          # CreateLogGroup with tags needs it (or TagLogGroup, which is being retired).
          "logs:TagResource",
        ],
        # CreateLogGroup with a key; without a key it is not granted.
        local.has_kms_key ? ["logs:AssociateKmsKey"] : [],
      )
      Resource = [local.stored, "${local.stored}:*", local.fallback, "${local.fallback}:*"]
    },
    # Its own group exists already. The function must not create it again after it was destroyed.
    {
      Sid      = "WriteOwnLog"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = [local.own, "${local.own}:*"]
    },
    {
      Sid      = "HandOverFailures"
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = [aws_sqs_queue.failure.arn]
    },
    {
      Sid      = "TakeDeadLetters"
      Effect   = "Allow"
      Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
      Resource = [aws_sqs_queue.undelivered.arn, aws_sqs_queue.failure.arn]
    },
  ]

  # CloudWatch Logs may use the key on its caller's behalf.
  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
  key_statements = [
    for key in [var.kms_key_arn] : {
      Sid       = "UseKeyThroughLogs"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
      Resource  = [key]
      Condition = { StringLike = { "kms:ViaService" = "logs.${local.region}.amazonaws.com*" } }
    } if key != null
  ]
}

resource "aws_iam_role" "role" {
  # Names of roles are global to an account, not to a Region; a prefix has at most 38 characters.
  name_prefix          = substr("${var.name}-", 0, 38)
  description          = "Role of the function ${var.name}"
  permissions_boundary = local.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "forward" {
  name = "forward"
  role = aws_iam_role.role.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.statements, local.key_statements)
  })
}

"""Every directive and scalar that a schema may use besides those in ``directives/``.

Source: AppSync developer guide; amplify graphql-directives (v1 and v2).
"""

from __future__ import annotations

from amplikit.blueprint.api import Transformer

__all__ = [
    "AWS_SCALARS",
    "NOT_SUPPORTED_YET",
    "OTHER_GENERATION",
    "SERVICE_DIRECTIVES",
    "SERVICE_SDL",
]

AWS_SCALARS = (
    "AWSDate",
    "AWSTime",
    "AWSDateTime",
    "AWSTimestamp",
    "AWSEmail",
    "AWSJSON",
    "AWSURL",
    "AWSPhone",
    "AWSIPAddress",
    "BigInt",
    "Double",
)

SERVICE_SDL = """
directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION
directive @aws_auth(cognito_groups: [String!]!) on FIELD_DEFINITION
directive @aws_api_key on FIELD_DEFINITION | OBJECT
directive @aws_iam on FIELD_DEFINITION | OBJECT
directive @aws_oidc on FIELD_DEFINITION | OBJECT
directive @aws_cognito_user_pools(cognito_groups: [String!])
  on FIELD_DEFINITION | OBJECT
directive @aws_lambda on FIELD_DEFINITION | OBJECT
directive @deprecated(reason: String)
  on FIELD_DEFINITION | INPUT_FIELD_DEFINITION | ENUM | ENUM_VALUE
"""

SERVICE_DIRECTIVES = (
    "aws_subscribe",
    "aws_auth",
    "aws_api_key",
    "aws_iam",
    "aws_oidc",
    "aws_cognito_user_pools",
    "aws_lambda",
    "deprecated",
)

# Known to the transformers, not yet to this compiler: refused by name, never ignored.
NOT_SUPPORTED_YET = {
    Transformer.V1: {},
    Transformer.V2: {
        "conversation": """
directive @conversation(
  aiModel: String!
  systemPrompt: String!
  auth: ConversationAuth!
  functionName: String
  handler: ConversationHandlerFunctionConfiguration
  tools: [ToolMap]
  inferenceConfiguration: ConversationInferenceConfiguration
) on FIELD_DEFINITION
input ConversationAuth {
  strategy: ConversationAuthStrategy!
  provider: ConversationAuthProvider!
}
enum ConversationAuthStrategy { owner }
enum ConversationAuthProvider { userPools }
input ConversationHandlerFunctionConfiguration {
  functionName: String!
  eventVersion: String!
}
input ToolMap {
  name: String!
  description: String!
  queryName: String
  modelName: String
  modelOperation: ConversationToolModelOperation
}
enum ConversationToolModelOperation { list }
input ConversationInferenceConfiguration {
  maxTokens: Int
  temperature: Float
  topP: Float
}
""",
        "generation": """
directive @generation(
  aiModel: String!
  systemPrompt: String!
  inferenceConfiguration: GenerationInferenceConfiguration
) on FIELD_DEFINITION
input GenerationInferenceConfiguration { maxTokens: Int temperature: Float topP: Float }
""",
        "sql": """
directive @sql(statement: String, reference: String) on FIELD_DEFINITION
""",
        "refersTo": """
directive @refersTo(name: String!) on OBJECT | FIELD_DEFINITION
""",
    },
}

# What a directive of the other transformer is called in this one.
OTHER_GENERATION = {
    Transformer.V1: {
        "hasOne": "@connection",
        "index": '@key(name: "...", fields: [...]) on the type',
        "primaryKey": "@key(fields: [...]) on the type",
        "belongsTo": "@connection(fields: [...])",
        "manyToMany": "a model for the pairs, connected to both with @connection",
        "hasMany": '@connection(keyName: "...", fields: [...])',
        "default": "a default in the resolver or the client",
    },
    Transformer.V2: {
        "connection": "@hasMany, @hasOne or @belongsTo",
        "key": "@primaryKey or @index on the field",
        "versioned": "conflict detection of the API",
    },
}

// Runs the published v1 transformers over many schemas in one process.
//
// stdin: JSON lines {id, schema, flags, auth: {default, additional}};
// stdout: JSON lines {id, ok, schema, tables, functionDataSources} or
// {id, ok, error: {name, message}}. The set-up is the Amplify CLI's for new projects.
"use strict";

const fs = require("fs");
const Module = require("module");

// The core asks the CLI's own package for names of errors of `amplify push` only, which
// never happen here; it would bring a few hundred packages with it.
const load = Module._load;
Module._load = (name, ...rest) =>
  name === "@aws-amplify/amplify-cli-core" ? {} : load(name, ...rest);

const { GraphQLTransform } = require("graphql-transformer-core");
const { DynamoDBModelTransformer } = require("graphql-dynamodb-transformer");
const { VersionedModelTransformer } = require("graphql-versioned-transformer");
const { FunctionTransformer } = require("graphql-function-transformer");
const { HttpTransformer } = require("graphql-http-transformer");
const { KeyTransformer } = require("graphql-key-transformer");
const { ModelConnectionTransformer } = require("graphql-connection-transformer");
const { PredictionsTransformer } = require("graphql-predictions-transformer");
const { SearchableModelTransformer } = require("graphql-elasticsearch-transformer");
const { ModelAuthTransformer } = require("graphql-auth-transformer");

const FLAGS = { secondaryKeyAsGSI: true, skipOverrideMutationInputTypes: true };

function flagReader(flags) {
  const known = { ...FLAGS, ...flags };
  const read = (name, otherwise) => (name in known ? known[name] : otherwise);
  return { getBoolean: read, getString: read, getNumber: read, getObject: read };
}

function mode(name) {
  const provider = { authenticationType: name };
  if (name === "OPENID_CONNECT") {
    provider.openIDConnectConfig = { name: "oidc", issuerUrl: "https://example.com" };
  }
  return provider;
}

function transformerList(auth) {
  return [
    new DynamoDBModelTransformer(),
    new VersionedModelTransformer(),
    new FunctionTransformer(),
    new HttpTransformer(),
    new KeyTransformer(),
    new ModelConnectionTransformer(),
    new PredictionsTransformer({ bucketName: "bucket" }),
    new SearchableModelTransformer(),
    new ModelAuthTransformer({
      addAwsIamAuthInOutputSchema: false,
      authConfig: {
        defaultAuthentication: mode(auth.default),
        additionalAuthenticationProviders: (auth.additional || []).map(mode),
      },
    }),
  ];
}

function keys(keySchema) {
  return keySchema.map((key) => ({ name: key.AttributeName, type: key.KeyType }));
}

function index(given) {
  return {
    name: given.IndexName,
    keys: keys(given.KeySchema),
    projection: given.Projection.ProjectionType,
  };
}

function table(id, given) {
  return {
    name: id.replace(/Table$/, ""),
    keySchema: keys(given.KeySchema),
    attributes: given.AttributeDefinitions.map((one) => ({
      name: one.AttributeName,
      type: one.AttributeType,
    })),
    gsis: (given.GlobalSecondaryIndexes || []).map(index),
    lsis: (given.LocalSecondaryIndexes || []).map(index),
    ttl: given.TimeToLiveSpecification || null,
  };
}

function answer(request) {
  const { ResolverConfig, ...flags } = request.flags || {};
  const transform = new GraphQLTransform({
    featureFlags: flagReader(flags),
    transformConfig: { Version: 5, ...(ResolverConfig && { ResolverConfig }) },
    transformers: transformerList(request.auth),
  });
  const result = transform.transform(request.schema);
  const stacks = [result.rootStack, ...Object.values(result.stacks)];
  const resources = stacks.flatMap((stack) => Object.entries(stack.Resources || {}));
  const of = (type) => resources.filter(([, resource]) => resource.Type === type);
  return {
    schema: result.schema,
    tables: of("AWS::DynamoDB::Table").map(([id, one]) => table(id, one.Properties)),
    functionDataSources: of("AWS::AppSync::DataSource")
      .filter(([, one]) => one.Properties.Type === "AWS_LAMBDA")
      .map(([id]) => id)
      .sort(),
  };
}

// What the transformers tell the terminal is not part of the answer.
for (const level of ["log", "info", "warn", "error"]) console[level] = () => {};
for (const line of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const request = JSON.parse(line);
  let result;
  try {
    result = { ok: true, ...answer(request) };
  } catch (error) {
    const { name, message } = error;
    result = { ok: false, error: { name, message } };
  }
  process.stdout.write(`${JSON.stringify({ id: request.id, ...result })}\n`);
}

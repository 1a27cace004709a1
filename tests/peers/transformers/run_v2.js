// Amplify's transformer v2 over JSON lines {id, schema, flags, auth: {default,
// additional}} on stdin; prints one line {id, ok, ...} for each, as in the corpus.
process.env.JSII_DEPRECATED = 'quiet';
const readline = require('readline');
const { App, CfnParameter, CfnResource, NestedStack, Stack } = require('aws-cdk-lib');
const { constructTransformerChain } = require('@aws-amplify/graphql-transformer');
const core = require('@aws-amplify/graphql-transformer-core');

const STORAGE = { bucketName: 'storage' };
const SYNTH = ['adminRoles', 'enableIamAccess'];
const MODES = {
  API_KEY: { apiKeyConfig: { apiKeyExpirationDays: 7 } },
  AWS_IAM: {},
  AMAZON_COGNITO_USER_POOLS: { userPoolConfig: { userPoolId: 'pool' } },
  OPENID_CONNECT: {
    openIDConnectConfig: {
      name: 'provider', issuerUrl: 'https://example.com', clientId: 'client',
    },
  },
  AWS_LAMBDA: { lambdaAuthorizerConfig: { lambdaFunction: 'authorizer', ttlSeconds: 600 } },
};

const mode = (name) => ({ authenticationType: name, ...MODES[name] });

function synthParameters(stack, modes) {
  const parameter = (name, more) =>
    new CfnParameter(stack, name, { type: 'String', ...more }).valueAsString;
  const given = {
    amplifyEnvironmentName: parameter('env', { default: 'NONE' }),
    apiName: parameter('AppSyncApiName', { default: 'Api' }),
  };
  if (modes.includes('AWS_IAM')) {
    given.authenticatedUserRoleName = parameter('authRoleName');
    given.unauthenticatedUserRoleName = parameter('unauthRoleName');
  }
  if (modes.includes('AMAZON_COGNITO_USER_POOLS')) {
    given.userPoolId = parameter('AuthCognitoUserPoolId');
  }
  return given;
}

function split(flags) {
  const { ResolverConfig, ...rest } = flags || {};
  const parameters = { enableSearchNodeToNodeEncryption: true, enableSearchEncryptionAtRest: true };
  const synth = {};
  for (const [name, value] of Object.entries(rest)) {
    (SYNTH.includes(name) ? synth : parameters)[name] = value;
  }
  const resolverConfig = ResolverConfig === true
    ? { project: { ConflictDetection: 'VERSION', ConflictHandler: 'AUTOMERGE' } }
    : ResolverConfig || undefined;
  return { parameters, synth, resolverConfig };
}

// What is said on the console alone.
let said = [];

function transformed({ schema, flags, auth }) {
  const { parameters, synth, resolverConfig } = split(flags);
  const modes = [auth.default, ...(auth.additional || [])];
  const stack = new Stack(new App(), 'root');
  const files = {};
  const transform = new core.GraphQLTransform({
    transformers: constructTransformerChain({ storageConfig: STORAGE }),
    authConfig: {
      defaultAuthentication: mode(modes[0]),
      additionalAuthenticationProviders: modes.slice(1).map(mode),
    },
    transformParameters: parameters,
    resolverConfig,
  });
  transform.transform({
    scope: stack,
    nestedStackProvider: { provide: (scope, name) => new NestedStack(scope, name) },
    assetProvider: {
      provide: (_scope, _id, { fileName, fileContent }) => {
        files[fileName] = fileContent;
        const url = `s3://assets/${fileName}`;
        return { httpUrl: url, s3ObjectUrl: url, s3BucketName: 'assets', s3ObjectKey: fileName };
      },
    },
    synthParameters: { ...synthParameters(stack, modes), ...synth },
    schema,
    dataSourceStrategies: core.constructDataSourceStrategies(
      schema, core.DDB_DEFAULT_DATASOURCE_STRATEGY),
  });
  // The schema is asked for when its resource is resolved.
  resources(stack, 'AWS::AppSync::GraphQLSchema').forEach(properties);
  return {
    schema: files['schema.graphql'],
    tables: resources(stack, 'AWS::DynamoDB::Table').map(table),
    warnings: [...said, ...transform.getLogs()],
  };
}

const resources = (stack, type) => stack.node.findAll().filter(
  (node) => node instanceof CfnResource && node.cfnResourceType === type);

function properties(node) {
  const [resource] = Object.values(Stack.of(node).resolve(node._toCloudFormation()).Resources);
  return resource.Properties;
}

const keys = (schema) => schema.map((key) => ({ name: key.AttributeName, type: key.KeyType }));

const index = ({ IndexName, KeySchema, Projection }) => ({
  name: IndexName,
  keys: keys(KeySchema),
  projection: Projection.ProjectionType,
  ...(Projection.NonKeyAttributes && { nonKeyAttributes: Projection.NonKeyAttributes }),
});

function table(node) {
  const ids = node.node.scopes.map((scope) => scope.node.id);
  const given = properties(node);
  return {
    name: ids.filter((id) => id !== 'Resource').pop().replace(/Table$/, ''),
    keySchema: keys(given.KeySchema),
    attributes: given.AttributeDefinitions.map((attribute) => (
      { name: attribute.AttributeName, type: attribute.AttributeType })),
    gsis: (given.GlobalSecondaryIndexes || []).map(index),
    lsis: (given.LocalSecondaryIndexes || []).map(index),
    ttl: given.TimeToLiveSpecification || null,
  };
}

function answer(request) {
  said = [];
  try {
    return { id: request.id, ok: true, ...transformed(request) };
  } catch (error) {
    const { name, message, stack } = error;
    return { id: request.id, ok: false, warnings: [], error: { name, message, stack } };
  }
}

async function main() {
  const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
  for (const level of ['log', 'info', 'error']) console[level] = () => {};
  console.warn = (message) => said.push({ level: 'warn', message });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (line.trim()) say(answer(JSON.parse(line)));
  }
}

main();

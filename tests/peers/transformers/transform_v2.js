// Amplify's transformer v2 over {schema, flags, auth: {default, additional}}.
process.env.JSII_DEPRECATED = 'quiet';
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
  const found = resources(stack);
  return { schema: files['schema.graphql'], files, resources: found, logs: transform.getLogs() };
}

// Every resource of every stack, its intrinsic functions as they are, and the model of
// a table.
const resources = (stack) => stack.node.findAll()
  .filter((node) => node instanceof CfnResource)
  .map((node) => {
    const { _toCloudFormation: given, node: { scopes } } = node;
    const [[id, resource]] = Object.entries(
      Stack.of(node).resolve(given.call(node)).Resources);
    const name = scopes.map((scope) => scope.node.id)
      .filter((part) => part !== 'Resource').pop().replace(/Table$/, '');
    return { id, name, type: node.cfnResourceType, properties: resource.Properties };
  });

module.exports = { transformed };


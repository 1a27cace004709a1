// Amplify's AppSync simulator over the real transformer's templates, one API at a time.
//
// JSON lines on stdin: {id, schema, flags, auth: {default, additional}, endpoint}; the
// answer {id, ok, port, schema} comes when the API is served. The API before is closed first.
// `endpoint` is DynamoDB Local's, where each API has a database of its own.
const net = require('net');
const readline = require('readline');

require('./mended');
const { transformed } = require('../transformers/transform_v2');
const { AmplifyAppSyncSimulator } = require('@aws-amplify/amplify-appsync-simulator');
const helpers = require('@aws-amplify/amplify-appsync-simulator/lib/utils/auth-helpers/helpers');
const { CreateTableCommand, DynamoDBClient } = require('@aws-sdk/client-dynamodb');

const ACCOUNT = '12345678910';
const API_KEY = 'da2-fakeApiId123456';
const PARAMETERS = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': 'us-east-1-fake',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'local-testing',
  'AWS::NoValue': undefined,
  authRoleName: 'authRole',
  unauthRoleName: 'unAuthRole',
  env: 'NONE',
  AppSyncApiName: 'Api',
  AuthCognitoUserPoolId: 'pool',
};

// It has no option for the address, and would listen on all of them.
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function loopback(port, ...rest) {
  return typeof port === 'number'
    ? listen.call(this, port, '127.0.0.1', ...rest)
    : listen.call(this, port, ...rest);
};

// It knows two roles; a key that begins with ROLE names any other.
const known = helpers.extractIamToken;
helpers.extractIamToken = (authorization, config) => {
  const role = /Credential=ROLE([\w-]+)/.exec(authorization);
  return role
    ? {
        accountId: ACCOUNT,
        userArn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role[1]}/session`,
        username: `AROA:${role[1]}`,
      }
    : known(authorization, config);
};

class Values {
  constructor(resources) {
    this.resources = Object.fromEntries(resources.map((each) => [each.id, each]));
  }

  of(value) {
    if (Array.isArray(value)) return value.map((each) => this.of(each));
    if (value === null || typeof value !== 'object') return value;
    const [[name, given], ...more] = Object.entries(value).concat([[]]);
    if (more.length === 1) {
      switch (name) {
        case 'Ref': return this.ref(given);
        case 'Fn::GetAtt': return this.attribute(...given);
        case 'Fn::Join': return given[1].map((each) => this.of(each)).join(given[0]);
        case 'Fn::Select': return this.of(given[1])[given[0]];
        case 'Fn::Split': return this.of(given[1]).split(given[0]);
        case 'Fn::Sub': return this.substituted(given);
        case 'Fn::If': return this.of(given[2]);
      }
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, this.of(each)]));
  }

  ref(name) {
    if (name in PARAMETERS) return PARAMETERS[name];
    const resource = this.resources[name];
    if (!resource) return name;
    return resource.type === 'AWS::DynamoDB::Table' ? `${resource.name}Table` : name;
  }

  attribute(name, attribute) {
    const { type, properties } = this.resources[name] || {};
    if (type === 'AWS::AppSync::FunctionConfiguration') return name;
    if (type === 'AWS::AppSync::DataSource' && attribute === 'Name') {
      return properties.Name;
    }
    return `${name}.${attribute}`;
  }

  substituted(given) {
    const [text, own] = Array.isArray(given) ? given : [given, {}];
    return text.replace(/\$\{([\w:.]+)\}/g, (_, name) =>
      (name in own ? this.of(own[name]) : this.ref(name)));
  }
}

function configuration({ schema, files, resources }, auth, dynamodb) {
  const values = new Values(resources);
  const of = (type) => resources.filter((each) => each.type === type)
    .map((each) => [each.id, values.of(each.properties)]);
  const template = (inline, location) => {
    if (inline !== undefined) return { inline };
    return location && { path: location.replace('s3://assets/', '') };
  };
  const templates = (given) => {
    const request = template(given.RequestMappingTemplate, given.RequestMappingTemplateS3Location);
    const response = template(given.ResponseMappingTemplate, given.ResponseMappingTemplateS3Location);
    return {
      requestMappingTemplate: request && request.inline,
      requestMappingTemplateLocation: request && request.path,
      responseMappingTemplate: response && response.inline,
      responseMappingTemplateLocation: response && response.path,
    };
  };
  const mode = (name) => ({
    authenticationType: name,
    openIDConnectConfig: { Issuer: 'https://example.com', ClientId: 'client' },
    cognitoUserPoolConfig: {},
  });
  return {
    schema: { path: 'schema.graphql', content: schema },
    appSync: {
      name: 'Api',
      apiKey: API_KEY,
      accountId: ACCOUNT,
      defaultAuthenticationType: mode(auth.default),
      additionalAuthenticationProviders: (auth.additional || []).map(mode),
    },
    mappingTemplates: Object.entries(files).map(([name, content]) => ({ path: name, content })),
    dataSources: of('AWS::AppSync::DataSource').map(([, given]) => (
      given.Type === 'AMAZON_DYNAMODB'
        ? {
            name: given.Name,
            type: given.Type,
            config: { ...dynamodb, tableName: given.DynamoDBConfig.TableName },
          }
        : { name: given.Name, type: 'NONE' })),
    functions: of('AWS::AppSync::FunctionConfiguration').map(([name, given]) => (
      { name, dataSourceName: given.DataSourceName, ...templates(given) })),
    resolvers: of('AWS::AppSync::Resolver').map(([, given]) => ({
      kind: given.Kind || 'UNIT',
      typeName: given.TypeName,
      fieldName: given.FieldName,
      dataSourceName: given.DataSourceName,
      functions: given.PipelineConfig && given.PipelineConfig.Functions,
      ...templates(given),
    })),
  };
}

async function createTables(resources, dynamodb) {
  const client = new DynamoDBClient(dynamodb);
  for (const { type, name: table, properties } of resources) {
    if (type !== 'AWS::DynamoDB::Table') continue;
    const indexes = (given) => (given || []).map(({ IndexName, KeySchema, Projection }) => (
      { IndexName, KeySchema, Projection }));
    const more = {};
    for (const name of ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes']) {
      const found = indexes(properties[name]);
      if (found.length) more[name] = found;
    }
    await client.send(new CreateTableCommand({
      TableName: `${table}Table`,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: properties.KeySchema,
      AttributeDefinitions: properties.AttributeDefinitions,
      ...more,
    }));
  }
  client.destroy();
}

let served;

async function serve(request) {
  if (served) await served.stop();
  served = undefined;
  const dynamodb = {
    endpoint: request.endpoint,
    region: 'us-fake-1',
    accessKeyId: `API${request.id}`,
    credentials: { accessKeyId: `API${request.id}`, secretAccessKey: 'fake' },
  };
  const output = transformed(request);
  await createTables(output.resources, dynamodb);
  const simulator = new AmplifyAppSyncSimulator({ port: 0 });
  simulator.init(configuration(output, request.auth, dynamodb));
  await simulator.start();
  served = simulator;
  const port = Number(new URL(simulator.localhostUrl).port);
  return { port, schema: output.schema };
}

async function main() {
  const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
  for (const level of ['log', 'info', 'error', 'warn']) {
    console[level] = process.env.SIMULATOR_LOG ? (...all) => process.stderr.write(`${all.map(String).join(' ')}\n`) : () => {};
  }
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    try {
      say({ id: request.id, ok: true, ...(await serve(request)) });
    } catch ({ name, message, stack }) {
      say({ id: request.id, ok: false, error: { name, message, stack } });
    }
  }
  process.exit(0);
}

main();

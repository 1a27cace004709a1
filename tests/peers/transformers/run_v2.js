// Amplify's transformer v2 over JSON lines {id, schema, flags, auth: {default,
// additional}} on stdin; prints one line {id, ok, ...} for each, as in the corpus.
const readline = require('readline');
const { transformed } = require('./transform_v2');

// What is said on the console alone.
let said = [];

const keys = (schema) => schema.map((key) => ({ name: key.AttributeName, type: key.KeyType }));

const index = ({ IndexName, KeySchema, Projection }) => ({
  name: IndexName,
  keys: keys(KeySchema),
  projection: Projection.ProjectionType,
  ...(Projection.NonKeyAttributes && { nonKeyAttributes: Projection.NonKeyAttributes }),
});

function table({ name, properties: given }) {
  return {
    name,
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
    const { schema, resources, logs } = transformed(request);
    const tables = resources.filter(({ type }) => type === 'AWS::DynamoDB::Table').map(table);
    return { id: request.id, ok: true, schema, tables, warnings: [...said, ...logs] };
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

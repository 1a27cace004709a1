// Faults of the simulator that hide what lies behind them, mended: a comparison would end
// at each of them. What it does otherwise and can be told apart is in weaknesses.py.
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');

const LIB = '@aws-amplify/amplify-appsync-simulator/lib/velocity';
const { map } = require(`${LIB}/value-mapper/mapper`);
const { mapUtils } = require(`${LIB}/util/map-utils`);
const { transformUtils } = require(`${LIB}/util/transform`);
const { generateFilterExpression } = require(`${LIB}/util/transform/dynamodb-filter`);

// A condition loses its values (amplify-category-api issue 1450), and attributeExists
// sends one that no expression has.
function expression(filter) {
  const { expressions, expressionNames, expressionValues } =
    generateFilterExpression(filter.toJSON());
  const used = Object.entries(expressionValues)
    .filter(([name]) => !name.endsWith('_attributeExists'));
  return JSON.stringify({
    expression: expressions.join(' ').trim(),
    expressionNames,
    expressionValues: Object.fromEntries(used),
  });
}
transformUtils.toDynamoDBConditionExpression = expression;
transformUtils.toDynamoDBFilterExpression = expression;

// It sends empty maps, which DynamoDB refuses.
const send = DynamoDBClient.prototype.send;
DynamoDBClient.prototype.send = function sendFilled(command, ...rest) {
  for (const name of ['ExpressionAttributeValues', 'ExpressionAttributeNames']) {
    const given = command.input[name];
    if (given && Object.keys(given).length === 0) delete command.input[name];
  }
  return send.call(this, command, ...rest);
};

// It keeps nothing, and so index keys that are null stay in the item.
mapUtils.copyAndRetainAllKeys = (given, keys) => {
  const kept = keys.toJSON();
  return map(Object.fromEntries(
    Object.entries(given.toJSON()).filter(([name]) => kept.includes(name))));
};

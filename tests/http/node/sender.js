// An app that sends events with one of the Node SDKs, unmodified: `sender.js segment|rudder HOST KEY COUNT`.
//
// It sends one half, says so, waits for a line, and sends the other half. What the SDK gives up on it sends again, as an
// app would that must not lose anything.

'use strict';

const readline = require('node:readline/promises');

const TYPES = ['track', 'identify', 'track', 'page', 'screen', 'group', 'alias', 'track'];

// What calls an SDK: `call(type, message, done)`, where `done` is told the error if there is one, and `flush()`.
const SDKS = {
  segment(host, writeKey) {
    const { Analytics } = require('@segment/analytics-node');
    const client = new Analytics({ host, writeKey, flushAt: 5, flushInterval: 200 });
    return {
      call: (type, message, done) => client[type](message, (error) => done(error)),
      flush: () => {},
      close: () => client.closeAndFlush(),
    };
  },
  rudder(host, writeKey) {
    const Analytics = require('@rudderstack/rudder-sdk-node');
    const client = new Analytics(writeKey, {
      dataPlaneUrl: host,
      flushAt: 5,
      flushInterval: 200,
      logLevel: 'none',
      errorHandler: () => {},
    });
    return {
      call: (type, message, done) => client[type](message, (error) => done(error)),
      flush: () => client.flush(),
      close: () => {},
    };
  },
};

function message(type, number, messageId) {
  const common = { messageId, userId: `user-${number % 3}` };
  const more = {
    track: { event: 'Sent', properties: { number } },
    identify: { traits: { plan: 'pro' } },
    page: { name: 'Home', category: 'shop' },
    screen: { name: 'Home', category: 'shop' },
    group: { groupId: 'team', traits: { size: 3 } },
    alias: { previousId: `before-${number}` },
  };
  return { ...common, ...more[type] };
}

function status(error) {
  const reason = error.response ?? error.reason ?? error;
  const found = reason.status ?? /\d{3}/.exec(String(reason.message))?.[0];
  return Number(found ?? 0);
}

async function main(name, host, key, count) {
  const sdk = SDKS[name](host, key);
  const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const refused = new Set();
  const send = (number) =>
    new Promise((resolve) => {
      const type = TYPES[number % TYPES.length];
      const attempt = () =>
        sdk.call(type, message(type, number, `${name}-${number}`), (error) => {
          if (!error) return resolve();
          refused.add(status(error));
          return setImmediate(attempt);
        });
      attempt();
    });
  const flushing = setInterval(() => sdk.flush(), 100);
  const numbers = [...Array(Number(count)).keys()];
  for (const half of [numbers.slice(0, count / 2), numbers.slice(count / 2)]) {
    await Promise.all(half.map(send));
    console.log(JSON.stringify({ refused: [...refused].sort() }));
    await lines.next();
  }
  clearInterval(flushing);
  await sdk.close();
  process.exit(0);
}

main(...process.argv.slice(2));

// What a shop's own services do, in Node: tell what happens, ask, and send what has become due.
//
//     duly serve examples/shop
//     cd examples/shop/node && npm install && node client.js [127.0.0.1:50051]

"use strict";

const path = require("node:path");
const { randomUUID } = require("node:crypto");
const { promisify } = require("node:util");
const grpc = require("@grpc/grpc-js");
const protoLoader = require("@grpc/proto-loader");

const PROTOS = path.join(__dirname, "..", "..", "..", "protos");

const definition = protoLoader.loadSync(["duly/v1/event_service.proto", "duly/v1/decision_service.proto"], {
  includeDirs: [PROTOS],
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
});
const { EventService, DecisionService } = grpc.loadPackageDefinition(definition).duly.v1;

function track(event, properties, userId = "") {
  return {
    type: "EVENT_TYPE_TRACK",
    event,
    user_id: userId,
    message_id: randomUUID(),
    properties_json: Buffer.from(JSON.stringify(properties)),
  };
}

function identify(userId, traits) {
  return {
    type: "EVENT_TYPE_IDENTIFY",
    user_id: userId,
    message_id: randomUUID(),
    traits_json: Buffer.from(JSON.stringify(traits)),
  };
}

// Sends what is due and reports it; whatever is not reported comes again when its lease runs out.
async function work(decisions, report, most) {
  const stream = decisions.Watch({ worker: "push-node", categories: ["orders"], max_in_flight: 1 });
  let sent = 0;
  try {
    for await (const { decision } of stream) {
      console.log(`to ${decision.user_id}: ${decision.message.body} (${decision.message.link})`);
      await report({ outcomes: [{ decision_id: decision.decision_id, type: "OUTCOME_TYPE_SENT" }] });
      if (++sent === most) break;
    }
  } catch (error) {
    if (error.code !== grpc.status.CANCELLED) throw error;
  } finally {
    stream.cancel();
  }
}

async function main(address) {
  const credentials = grpc.credentials.createInsecure();
  const events = new EventService(address, credentials);
  const decisions = new DecisionService(address, credentials);
  const ingest = promisify(events.Ingest.bind(events));
  const decide = promisify(decisions.Decide.bind(decisions));
  const report = promisify(decisions.Report.bind(decisions));
  const user = `ben-${randomUUID().slice(0, 6)}`;

  await ingest({
    events: [
      identify(user, { timezone: "Europe/Paris" }),
      track("Product Added to Wishlist", { product_id: "boots" }, user),
    ],
  });

  const sale = track("Product Sale", { product_id: "boots", name: "Red boots", discount: 0.3 });
  const answer = await decide({ user_id: user, event: sale, mode: "MODE_PEEK", explain: "EXPLAIN_LEVEL_GATES" });
  for (const decision of answer.decisions) {
    console.log(`${decision.verdict.replace("VERDICT_", "")} by ${decision.rule}: ${decision.description}`);
    for (const gate of decision.gates) console.log(`  ${gate.name.padEnd(12)} ${gate.description}`);
  }

  await ingest({ events: [track("Order Shipped", { order_id: randomUUID().slice(0, 6) }, user)] });
  await work(decisions, report, 1);
  events.close();
  decisions.close();
}

main(process.argv[2] ?? "127.0.0.1:50051").catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});

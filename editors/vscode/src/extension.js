// Starts the language server and stays between it and the editor.
"use strict";

const { commands, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

/** The command that starts the server, with the folder of the workspace filled in. */
function serverCommand() {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  const words = workspace.getConfiguration("duly").get("command", ["duly", "lsp"]);
  return words.map((word) => word.replaceAll("${workspaceFolder}", folder));
}

async function start() {
  const [command, ...args] = serverCommand();
  client = new LanguageClient(
    "duly",
    "duly",
    { command, args },
    {
      documentSelector: [{ language: "duly" }],
      initializationOptions: { zones: workspace.getConfiguration("duly").get("zones", []) },
      synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{duly,json,toml}") },
    },
  );
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    window.showErrorMessage(
      `duly: \`${command}\` could not be started (${error.message ?? error}). ` +
        "Install it with `pip install 'duly[lsp]'`, or say in the setting `duly.command` where it is.",
    );
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

async function activate(context) {
  context.subscriptions.push(
    commands.registerCommand("duly.restart", async () => {
      await stop();
      await start();
    }),
    workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("duly.command") || change.affectsConfiguration("duly.zones")) {
        await stop();
        await start();
      }
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };

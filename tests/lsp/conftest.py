"""A language server in a process of its own, and a client that talks to it as an editor does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from tests.lsp.desk import Desk

SERVER = [sys.executable, "-W", "error", "-m", "duly", "lsp", "--stdio"]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return tmp_path_factory.mktemp("rules")


@pytest_lsp.fixture(config=ClientServerConfig(server_command=SERVER), scope="module", loop_scope="module")
async def client(lsp_client: LanguageClient, workspace: Path):
    await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities("visual-studio-code"),
            workspace_folders=[types.WorkspaceFolder(workspace.as_uri(), "rules")],
            initialization_options={"zones": ["Europe/Paris", "No/Where"]},
        )
    )
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def desk(client, workspace, request):
    """The editor with a folder of its own for each test."""
    folder = workspace / f"{len(list(workspace.iterdir()))}-{request.node.originalname}"
    folder.mkdir()
    return Desk(client, folder)

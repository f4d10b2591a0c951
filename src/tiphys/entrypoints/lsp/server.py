"""The server itself: the protocol's requests become calls of the pure modules beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from tiphys.entrypoints.lsp.completion import completion
from tiphys.entrypoints.lsp.definition import definition
from tiphys.entrypoints.lsp.disk import template_text, templates_below
from tiphys.entrypoints.lsp.findings import findings
from tiphys.entrypoints.lsp.hover import hover
from tiphys.entrypoints.lsp.project import File, Project
from tiphys.entrypoints.lsp.symbols import symbols
from tiphys.entrypoints.lsp.text import UNITS, utf16

_TRIGGERS: Final = ["{", ".", ":", " ", "-", "'", "="]


class Session:
    """The state of one editor's session: its files and those on disk that they may refer to."""

    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self.project = Project()
        self._open: set[str] = set()

    def start(self) -> None:
        """Take over what the client said at the beginning, and read the templates in its folders."""
        workspace = self._server.workspace
        encoding = workspace.position_encoding
        self.project = Project(UNITS.get(str(getattr(encoding, "value", encoding)), utf16))
        roots = [uri for uri in (*workspace.folders, *((workspace.root_uri,) if workspace.root_uri else ())) if uri]
        folders = dict.fromkeys(Path(path) for path in map(uris.to_fs_path, roots) if path)
        for path, text in templates_below(folders):
            uri = uris.from_fs_path(str(path))
            if uri:
                self.project.put(uri, text)

    def changed(self, uri: str) -> None:
        """A file was opened or edited; all open files are checked again, since they may refer to it."""
        document = self._server.workspace.get_text_document(uri)
        self._open.add(uri)
        self.project.put(uri, document.source, document.version)
        self.publish()

    def closed(self, uri: str) -> None:
        """A file was closed: its findings go, its templates stay if it is on disk."""
        self._open.discard(uri)
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
        self.stored(uri)

    def stored(self, uri: str) -> None:
        """A file on disk may have changed; an open one counts as the editor has it."""
        if uri in self._open:
            return
        path = uris.to_fs_path(uri)
        text = template_text(Path(path)) if path else None
        if text is None:
            self.project.close(uri)
        else:
            self.project.put(uri, text)
        self.publish()

    def publish(self) -> None:
        """Send the findings about every open file."""
        for uri in sorted(self._open):
            file = self.project.file(uri)
            if file is not None:
                found = findings(self.project, file)
                params = types.PublishDiagnosticsParams(uri, found, version=file.version)
                self._server.text_document_publish_diagnostics(params)

    def file(self, uri: str) -> File | None:
        """An open file."""
        return self.project.file(uri)


def make_server(version: str) -> LanguageServer:
    """A server that is ready to be started."""
    server = LanguageServer("tiphys", version, text_document_sync_kind=types.TextDocumentSyncKind.Incremental)
    session = Session(server)
    _documents(server, session)
    _questions(server, session)
    return server


def _documents(server: LanguageServer, session: Session) -> None:
    """What the editor tells."""

    @server.feature(types.INITIALIZED)
    def _initialized(_: types.InitializedParams) -> None:
        session.start()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def _opened(params: types.DidOpenTextDocumentParams) -> None:
        session.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def _changed(params: types.DidChangeTextDocumentParams) -> None:
        session.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def _closed(params: types.DidCloseTextDocumentParams) -> None:
        session.closed(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def _watched(params: types.DidChangeWatchedFilesParams) -> None:
        for change in params.changes:
            session.stored(change.uri)


def _questions(server: LanguageServer, session: Session) -> None:
    """What the editor asks."""

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=_TRIGGERS))
    def _complete(params: types.CompletionParams) -> types.CompletionList:
        file = session.file(params.text_document.uri)
        items = completion(session.project, file, params.position) if file else []
        return types.CompletionList(is_incomplete=False, items=items)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def _hover(params: types.HoverParams) -> types.Hover | None:
        file = session.file(params.text_document.uri)
        return hover(session.project, file, params.position) if file else None

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def _definition(params: types.DefinitionParams) -> types.Location | None:
        file = session.file(params.text_document.uri)
        return definition(session.project, file, params.position) if file else None

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def _symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        file = session.file(params.text_document.uri)
        return symbols(file) if file else []

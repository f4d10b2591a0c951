"""A real client speaks to a real ``tiphys lsp`` over standard input and output."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from tests.unit.entrypoints.lsp.editing import WORKFLOW
from tests.unit.entrypoints.lsp.test_completion import LIBRARY

_WAIT = 60.0


class Editor:
    """What an editor does in these tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.client = LanguageClient("test-editor", "1")
        self.published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.version = 0

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def _published(params: types.PublishDiagnosticsParams) -> None:
            self.published.put_nowait(params)

    async def start(self) -> types.InitializeResult:
        await self.client.start_io(sys.executable, "-m", "tiphys", "lsp")
        uri = self.folder.as_uri()
        answer = await self.client.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(
                    general=types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf16])
                ),
                root_uri=uri,
                workspace_folders=[types.WorkspaceFolder(uri, "test")],
            )
        )
        self.client.initialized(types.InitializedParams())
        return answer

    async def stop(self) -> int | None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        process = self.client._server
        assert process is not None
        code = await process.wait()
        await self.client.stop()  # type: ignore[no-untyped-call]
        return code

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    async def open(self, name: str, text: str) -> list[types.Diagnostic]:
        item = types.TextDocumentItem(self.uri(name), "yaml", self.version, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return await self.findings(name)

    async def edit(self, name: str, change: types.TextDocumentContentChangeEvent) -> list[types.Diagnostic]:
        self.version += 1
        document = types.VersionedTextDocumentIdentifier(self.version, self.uri(name))
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
        return await self.findings(name)

    async def findings(self, name: str) -> list[types.Diagnostic]:
        while True:
            found = await asyncio.wait_for(self.published.get(), _WAIT)
            if found.uri == self.uri(name) and found.version == self.version:
                return list(found.diagnostics)

    def at(self, name: str, line: int, character: int) -> tuple[types.TextDocumentIdentifier, types.Position]:
        return types.TextDocumentIdentifier(self.uri(name)), types.Position(line, character)


def session(folder: Path, story: Callable[[Editor], Awaitable[None]]) -> None:
    async def run() -> None:
        editor = Editor(folder)
        try:
            await editor.start()
            await story(editor)
        finally:
            assert await editor.stop() == 0

    asyncio.run(run())


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n")


def test_the_server_says_what_it_can(tmp_path: Path) -> None:
    async def run() -> None:
        editor = Editor(tmp_path)
        able = (await editor.start()).capabilities
        assert able.completion_provider is not None
        assert able.hover_provider and able.definition_provider and able.document_symbol_provider
        assert await editor.stop() == 0

    asyncio.run(run())


def test_findings_while_typing(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        first = await editor.open("a.yaml", WORKFLOW)
        assert {each.severity for each in first} == {types.DiagnosticSeverity.Warning}
        assert [each.code for each in first] == ["T284", "T286"]  # an unread input; an argument in a script
        line = line_of(WORKFLOW, "entrypoint: main")
        where = types.Range(types.Position(line, 14), types.Position(line, 18))
        found = await editor.edit("a.yaml", types.TextDocumentContentChangePartial(where, "mian"))
        errors = [each for each in found if each.severity is types.DiagnosticSeverity.Error]
        assert [(each.code, each.range) for each in errors] == [("T205", where)]
        assert "there is no template named 'mian'" in errors[0].message
        assert "main" in errors[0].message.partition("hint: ")[2]
        where = types.Range(types.Position(line, 14), types.Position(line, 18))
        assert await editor.edit("a.yaml", types.TextDocumentContentChangePartial(where, "main")) == first
        broken = await editor.edit("a.yaml", types.TextDocumentContentChangeWholeDocument("spec: ["))
        assert [each.code for each in broken] == ["T101"]

    session(tmp_path, story)


def test_completion_hover_and_definition(tmp_path: Path) -> None:
    (tmp_path / "shared.yaml").write_text(LIBRARY, encoding="utf-8")
    text = WORKFLOW.replace("template: make\n", "templateRef: {name: shared, template: greet}\n")

    async def story(editor: Editor) -> None:
        await editor.open("a.yaml", text)
        line = line_of(text, "templateRef")
        client = editor.client
        place = editor.at("a.yaml", line, text.splitlines()[line].index("greet") + 2)
        found = await client.text_document_definition_async(types.DefinitionParams(*place))
        assert isinstance(found, types.Location)
        assert (found.uri, found.range.start.line) == (editor.uri("shared.yaml"), line_of(LIBRARY, "name: greet"))
        line = line_of(text, "args: [")
        place = editor.at("a.yaml", line, text.splitlines()[line].index("{{") + 2)
        items = await client.text_document_completion_async(types.CompletionParams(*place))
        assert isinstance(items, types.CompletionList)
        assert "inputs.parameters.what" in {item.label for item in items.items}
        line = line_of(text, "image: busybox")
        assert await client.text_document_hover_async(types.HoverParams(*editor.at("a.yaml", line, 15))) is None
        help_ = await client.text_document_hover_async(types.HoverParams(*editor.at("a.yaml", 5, 4)))
        assert help_ is not None and isinstance(help_.contents, types.MarkupContent)
        assert help_.contents.value.startswith("**entrypoint**")
        params = types.DocumentSymbolParams(types.TextDocumentIdentifier(editor.uri("a.yaml")))
        outline = await client.text_document_document_symbol_async(params)
        assert [each.name for each in outline or ()] == ["demo-"]

    session(tmp_path, story)


def test_a_template_that_is_mended_in_another_file_clears_the_finding(tmp_path: Path) -> None:
    text = WORKFLOW.replace("template: make\n", "templateRef: {name: shared, template: welcome}\n")

    async def story(editor: Editor) -> None:
        await editor.open("shared.yaml", LIBRARY)
        before = await editor.open("a.yaml", text)
        assert "T205" in {each.code for each in before}
        change = types.TextDocumentContentChangeWholeDocument(LIBRARY.replace("greet", "welcome"))
        renamed = await editor.edit("shared.yaml", change)
        assert [each.code for each in renamed] == ["T284"]  # a warning about its input alone
        editor.version = 0
        after = await editor.edit("a.yaml", types.TextDocumentContentChangeWholeDocument(text))
        assert "T205" not in {each.code for each in after}

    session(tmp_path, story)

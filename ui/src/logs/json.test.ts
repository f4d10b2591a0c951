import { expect, test } from "vitest";
import { fieldsOf, levelOf, namesIn, picked } from "./json";

const line = '{"level": "error", "msg": "disk full", "size": 3, "at": {"x": 1}}';

test("only whole objects are JSON lines", () => {
  expect(fieldsOf(`\u001b[31m${line}\u001b[0m`)).toMatchObject({ msg: "disk full" });
  for (const text of ["[1]", "{broken}", "text", "", '{"a": 1} and more']) expect(fieldsOf(text)).toBeNull();
});

test("chosen fields come in the order of choice, objects as JSON", () => {
  expect(picked(fieldsOf(line) ?? {}, ["msg", "none", "at", "size"])).toBe('disk full  {"x":1}  3');
  expect(namesIn([line, '{"msg": 1}', "no"])).toEqual(["msg", "level", "size", "at"]);
});

test("levels come from fields, else from words at the beginning", () => {
  expect(levelOf(line)).toBe("error");
  expect(levelOf('{"level": "info", "msg": "no error"}')).toBe("");
  expect(levelOf("2026 WARN memory")).toBe("warn");
  expect(levelOf("Traceback (most recent call last):")).toBe("error");
  expect(levelOf(`${"x".repeat(200)} error`)).toBe("");
});

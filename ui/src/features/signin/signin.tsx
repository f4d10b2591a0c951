import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { ApiError, address, call, keepToken, onUnauthorized } from "../../api/client";
import { reasonOf } from "../../api/reason";
import "./signin.css";

/** Asks for a token, in place, whenever the server answers 401; the page behind it stays as it is. */
export function SignIn() {
  const dialog = useRef<HTMLDialogElement>(null);
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [lasting, setLasting] = useState(false);
  const [problem, setProblem] = useState("");
  const [asking, setAsking] = useState(false);

  useEffect(
    () =>
      onUnauthorized(() => {
        if (dialog.current && !dialog.current.open) dialog.current.showModal();
      }),
    [],
  );

  const submit = async (): Promise<void> => {
    setAsking(true);
    const refusal = await refused(text);
    setAsking(false);
    setProblem(refusal);
    if (refusal) return;
    keepToken(text, lasting);
    setText("");
    dialog.current?.close();
    void client.resetQueries();
  };

  return (
    <dialog ref={dialog} className="signin" aria-labelledby="signin-title">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h1 id="signin-title">Sign in</h1>
        <p>
          <code>tiphys server</code> printed a token when it started; <code>tiphys auth token</code> prints it
          again.
        </p>
        <label htmlFor="signin-token">Token</label>
        <input
          id="signin-token"
          className="input mono"
          type="password"
          autoComplete="off"
          required
          value={text}
          aria-invalid={problem !== ""}
          aria-describedby={problem ? "signin-problem" : undefined}
          onChange={(event) => setText(event.target.value)}
        />
        {problem && (
          <p id="signin-problem" role="alert" className="bad-text">
            {problem}
          </p>
        )}
        <label className="signin-lasting">
          <input type="checkbox" checked={lasting} onChange={(event) => setLasting(event.target.checked)} />
          Keep it in this browser
        </label>
        <div className="signin-actions">
          <a
            className="button"
            href={address("oauth2/redirect", { redirect: location.pathname + location.search })}
          >
            Single sign-on
          </a>
          <button type="submit" className="button primary" disabled={asking}>
            Sign in
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** Why the server does not accept this token; empty when it does. */
async function refused(text: string): Promise<string> {
  try {
    await call("api/v1/userinfo", { token: text });
    return "";
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return "The server does not accept this token.";
    return reasonOf(error);
  }
}

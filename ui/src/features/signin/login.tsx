import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { userOfServer } from "../../api/queries";
import { targetOf } from "./target";

const route = getRouteApi("/login");

/** Argo's address of signing in: asks the server who this is, which opens the dialog, then goes on. */
export function LoginPage() {
  const { redirect } = route.useSearch();
  const { history } = useRouter();
  const { isSuccess } = useQuery(userOfServer);
  useEffect(() => {
    if (isSuccess) history.replace(targetOf(redirect, document.baseURI));
  }, [isSuccess, history, redirect]);
  return (
    <main className="page">
      <h1>Sign in</h1>
    </main>
  );
}

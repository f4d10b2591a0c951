import { Navigate, getRouteApi } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { call } from "../../api/client";

const route = getRouteApi("/login");

/** Argo's address of signing in: asks the server who this is, which opens the dialog, then goes on. */
export function LoginPage() {
  const { redirect } = route.useSearch();
  const user = useQuery({
    queryKey: ["userinfo"],
    queryFn: () => call<object>("api/v1/userinfo"),
  });
  const base = new URL(document.baseURI);
  if (user.isSuccess) {
    const target = new URL(redirect ?? "", base);
    // Only addresses of this UI: anything else would be an open redirect.
    if (target.origin !== base.origin || !target.pathname.startsWith(base.pathname))
      return <Navigate to="/" />;
    return <Navigate to={`/${target.pathname.slice(base.pathname.length)}` as "/"} />;
  }
  return (
    <main className="page">
      <h1>Sign in</h1>
    </main>
  );
}

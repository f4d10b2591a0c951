import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./api/client";
import { reloadWhenPartsAreMissing } from "./app/reload";
import { makeRouter } from "./app/router";
import { applyDensity } from "./app/density";
import { applyTheme } from "./app/theme";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/layout.css";
import "./styles/tables.css";
import "./styles/touch.css";
import "./styles/preferences.css";

applyTheme();
applyDensity();
reloadWhenPartsAreMissing();
const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server refuses stays refused; only silence is worth another try.
      retry: (count, error) => count < 3 && !(error instanceof ApiError && error.status >= 400),
    },
  },
});
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={makeRouter(client)} />
      </QueryClientProvider>
    </StrictMode>,
  );
}

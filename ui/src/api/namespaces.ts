/** One namespace, or all of them at once, in questions to the server. */
import { segment } from "./client";

/** Stands for all namespaces in the addresses of pages: Kubernetes lets no namespace be called so. */
export const EVERY = "-";

/** A namespace as a segment of the API's paths, which is empty for all. */
export const inNamespace = (namespace: string): string => (namespace === EVERY ? "" : segment(namespace));

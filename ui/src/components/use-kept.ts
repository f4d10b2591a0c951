/** What a person chose, kept by the server; this browser has a copy for the moment before the server answers. */
import { lasting } from "../api/storage";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/client";
import { type Preferences, readPreferences, savePreference } from "../api/preferences";
import { keepIn, keptIn } from "./kept";
import { complain } from "./toast";

const COPY = "tiphys.preferences";
const copied = (): Preferences => keptIn<Preferences>(COPY, {});

const preferences = queryOptions<Preferences>({
  queryKey: ["preferences"],
  queryFn: async ({ signal }) => {
    const found = await readPreferences(signal);
    keepIn(COPY, found);
    return found;
  },
  placeholderData: copied,
});

/** The value of that name as `read` understands it, and a way to keep another.  `read` gets undefined when there is none. */
export function useKept<T>(name: string, read: (value: unknown) => T): [T, (value: T) => void] {
  const client = useQueryClient();
  const found = useQuery(preferences);
  const save = useMutation({
    mutationFn: (value: T) => savePreference(name, value),
    // One after the other: the last choice is the one that stays.
    scope: { id: "preferences" },
    onError: (error) => {
      // A server without preferences: they are kept in this browser.
      if (!(error instanceof ApiError && error.status === 404)) complain(error);
    },
  });
  const keep = (value: T): void => {
    void client.cancelQueries(preferences);
    const next = { ...(client.getQueryData(preferences.queryKey) ?? copied()), [name]: value };
    keepIn(COPY, next);
    client.setQueryData(preferences.queryKey, next);
    save.mutate(value);
  };
  return [read((found.data ?? copied())[name]), keep];
}

/** Things under their names; nothing when the value is something else. */
export function recordOf<T>(value: unknown): Readonly<Record<string, T>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, T>)
    : {};
}

/** Forget the copy of whoever signs out. */
export const forgetKept = (): void => lasting.remove(COPY);

import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { LinkTabs } from "../../components/link-tabs";
import { EventFlow } from "./event-flow";
import { Bindings, Sensors, Sources } from "./list";
import { Tester } from "./tester";
import "../launch/launch.css";
import "./events.css";

const PLACES = [
  ["/workflow-event-bindings/$namespace", "Bindings"],
  ["/event-flow/$namespace", "Flow"],
  ["/event-sources/$namespace", "Sources"],
  ["/sensors/$namespace", "Sensors"],
  ["/events/$namespace", "Send"],
] as const;

/** One of the pages about events; each has an address of its own, as in Argo. */
function Page({ children }: { children: (namespace: string) => ReactNode }) {
  const { namespace = "" } = useParams({ strict: false });
  return (
    <main className="page events-page">
      <h1>Events</h1>
      <LinkTabs label="Events" places={PLACES} namespace={namespace} />
      {children(namespace)}
    </main>
  );
}

export const BindingsPage = () => <Page>{(namespace) => <Bindings namespace={namespace} />}</Page>;
export const FlowPage = () => <Page>{(namespace) => <EventFlow namespace={namespace} />}</Page>;
export const SourcesPage = () => <Page>{(namespace) => <Sources namespace={namespace} />}</Page>;
export const SensorsPage = () => <Page>{(namespace) => <Sensors namespace={namespace} />}</Page>;
export const SendPage = () => <Page>{(namespace) => <Tester namespace={namespace} />}</Page>;

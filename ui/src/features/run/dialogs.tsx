import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { archived } from "../../api/workflows";
import { complain, say } from "../../components/toast";
import { ACTIONS, type Action } from "../actions/actions";
import { Confirm } from "../actions/confirm";
import { RerunDialog } from "../actions/rerun";
import { ShareDialog } from "../widgets/share";
import { useRunView } from "./context";

/** The dialog that the address asks for; what is asked of a run that it does not fit shows nothing. */
export default function Dialogs() {
  const { run, model, search, change } = useRunView();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { namespace = "", name = "" } = run.metadata ?? {};
  const close = (): void => change({ ask: undefined });
  const perform = async (action: Action, everywhere: boolean): Promise<void> => {
    close();
    try {
      await action.run(run, everywhere);
      say(`${action.label}: done`);
      if (action.verb === "delete") await navigate({ to: "/workflows/$namespace", params: { namespace } });
      else await client.invalidateQueries({ queryKey: ["run", namespace, name] });
    } catch (error) {
      complain(error);
    }
  };
  if (search.ask === "share") return <ShareDialog namespace={namespace} name={name} onClose={close} />;
  const id = search.nodeId ?? "";
  const node = run.status?.nodes?.[id];
  if (search.ask === "node")
    return node ? (
      <RerunDialog
        verb="retry"
        node={{ id, name: model.nodes.get(id)?.name ?? node.displayName ?? id }}
        onClose={close}
      />
    ) : null;
  if (search.ask === "nodes") return <RerunDialog verb="retry" picking onClose={close} />;
  const action = ACTIONS.find((each) => each.verb === search.ask && each.applies(run));
  if (!action) return null;
  if (action.verb === "retry" || action.verb === "resubmit")
    return <RerunDialog verb={action.verb} onClose={close} />;
  return (
    <Confirm
      action={action}
      name={name}
      kept={action.verb === "delete" && archived(run)}
      onClose={close}
      onConfirm={(everywhere) => void perform(action, everywhere)}
    />
  );
}

import { Link } from "@tanstack/react-router";

interface Props {
  namespace: string;
  name: string;
  /** True for a cluster template: it has no namespace. */
  cluster: boolean;
  /** Shown in place of the name. */
  text?: string;
}

/** The name of a template, which leads to its page. */
export function TemplateLink({ namespace, name, cluster, text = name }: Props) {
  return cluster ? (
    <Link to="/cluster-workflow-templates/$name" params={{ name }}>
      {text}
    </Link>
  ) : (
    <Link to="/workflow-templates/$namespace/$name" params={{ namespace, name }}>
      {text}
    </Link>
  );
}

import { Link } from "@tanstack/react-router";

interface Props {
  namespace: string;
  name: string;
  /** True for a cluster template: it has no namespace. */
  cluster: boolean;
}

/** The name of a template, which leads to its page. */
export function TemplateLink({ namespace, name, cluster }: Props) {
  return cluster ? (
    <Link to="/cluster-workflow-templates/$name" params={{ name }}>
      {name}
    </Link>
  ) : (
    <Link to="/workflow-templates/$namespace/$name" params={{ namespace, name }}>
      {name}
    </Link>
  );
}

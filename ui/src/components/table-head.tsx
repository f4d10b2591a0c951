export interface TableColumn {
  title: string;
  /** What only those hear who do not see the table: the column explains itself. */
  unseen?: boolean;
  /** A narrow window has no room for it. */
  minor?: boolean;
}

/** The head of a table: a line with the title of each column. */
export function TableHead({ columns }: { columns: readonly (string | TableColumn)[] }) {
  return (
    <thead>
      <tr>
        {columns.map((each) => {
          const { title, unseen, minor }: TableColumn = typeof each === "string" ? { title: each } : each;
          return (
            <th key={title} scope="col" className={minor ? "minor" : undefined}>
              {unseen ? <span className="visually-hidden">{title}</span> : title}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

import { KEYS } from "../../app/keys";
import { Dialog } from "../../components/dialog";

/** The keys that work everywhere. */
export default function KeyMap({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <div>
        <table className="table">
          <tbody>
            {KEYS.map(([keys, effect]) => (
              <tr key={keys}>
                <th scope="row">
                  <kbd>{keys}</kbd>
                </th>
                <td>{effect}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}

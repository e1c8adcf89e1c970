/** Detects which of the two documented path forms a server supports, once for all concurrent requests. */
import { NotFoundError } from "../errors.ts";
import { formsToTry, type KnownForms, type Nested, type PathForm } from "./routes.ts";

interface Known {
  readonly form: PathForm;
  /** Whether it worked in this run; if so, a 404 is about the requested object. */
  readonly confirmed: boolean;
}

const KINDS = ["sites", "connections"] as const satisfies readonly Nested[];

export interface Forms {
  /**
   * Sends a request with the form that works. Until that is known, one request detects it while the others wait.
   *
   * @param send sends it with the given form
   * @param checkCompany throws NotFoundError if the company does not exist; otherwise a 404 is about the form
   */
  send<Response>(
    kind: Nested,
    send: (form: PathForm) => Promise<Response>,
    checkCompany: () => Promise<unknown>,
  ): Promise<Response>;
  /** Uses the first form of a server's own list, such as `guide, reference`, for anything not known yet. */
  useReported(list: string): void;
}

/**
 * @param remembered the forms that worked in earlier runs
 * @param onForm called once for each form that is found to work
 */
export function trackForms(
  remembered: KnownForms,
  onForm: (nested: Nested, form: PathForm) => void,
): Forms {
  const known = new Map<Nested, Known>();
  const searches = new Map<Nested, Promise<void>>();
  for (const kind of KINDS) {
    const form = remembered[kind];
    if (form !== undefined) known.set(kind, { form, confirmed: false });
  }

  function confirmed(kind: Nested, form: PathForm): void {
    const before = known.get(kind);
    if (before?.form === form && before.confirmed) return;
    known.set(kind, { form, confirmed: true });
    if (remembered[kind] !== form) onForm(kind, form);
  }

  /** Starts with the form known for this kind, else the one that worked for the other kind, else the guide's. */
  function order(kind: Nested): readonly [PathForm, PathForm] {
    const best = known.get(kind) ?? [...known.values()].find((one) => one.confirmed);
    return formsToTry(best?.form);
  }

  /** A 404 created nothing, so once the company is known to exist, trying the other form is safe even for a create. */
  async function search<Response>(
    kind: Nested,
    [first, second]: readonly [PathForm, PathForm],
    send: (form: PathForm) => Promise<Response>,
    checkCompany: () => Promise<unknown>,
  ): Promise<Response> {
    let form = first;
    let response: Response;
    try {
      response = await send(first);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      await checkCompany();
      form = second;
      response = await send(second);
    }
    confirmed(kind, form);
    return response;
  }

  return {
    async send(kind, send, checkCompany) {
      // If the request that was searching failed, the next one tries.
      while (!known.has(kind) && searches.has(kind)) await searches.get(kind);
      const now = known.get(kind);
      if (now?.confirmed) return send(now.form);
      const found = search(kind, order(kind), send, checkCompany);
      if (now !== undefined) return found;
      const over = found.then(
        () => {},
        () => {},
      );
      searches.set(kind, over);
      try {
        return await found;
      } finally {
        searches.delete(kind);
      }
    },
    useReported(list) {
      const [first] = list.split(",");
      const form = first?.trim();
      if (form !== "guide" && form !== "reference") return;
      for (const kind of KINDS) {
        if (!known.has(kind) && !searches.has(kind)) known.set(kind, { form, confirmed: false });
      }
    },
  };
}

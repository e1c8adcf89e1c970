/** Finds out which of the two documented path forms a server speaks, once for all requests that are under way. */
import { NotFoundError } from "../errors.ts";
import { formsToTry, type KnownForms, type Nested, type PathForm } from "./routes.ts";

interface Known {
  readonly form: PathForm;
  /** Whether it answered in this run: then a 404 under it is about what was asked for. */
  readonly answered: boolean;
}

const KINDS = ["sites", "connections"] as const satisfies readonly Nested[];

export interface Forms {
  /**
   * Sends a request under the form that answers. While that is not known, one request finds out and the others wait.
   *
   * @param send sends it under one form
   * @param checkCompany throws NotFoundError where the company does not exist: only then is a 404 about the form
   */
  send<Answer>(
    kind: Nested,
    send: (form: PathForm) => Promise<Answer>,
    checkCompany: () => Promise<unknown>,
  ): Promise<Answer>;
  /** Takes a server's own word for what is not known yet, such as `guide, reference`: the first counts. */
  believe(list: string): void;
}

/**
 * @param remembered the forms that answered in earlier runs
 * @param onForm told once for each form that is found to answer
 */
export function trackForms(
  remembered: KnownForms,
  onForm: (nested: Nested, form: PathForm) => void,
): Forms {
  const known = new Map<Nested, Known>();
  const searches = new Map<Nested, Promise<void>>();
  for (const kind of KINDS) {
    const form = remembered[kind];
    if (form !== undefined) known.set(kind, { form, answered: false });
  }

  function answered(kind: Nested, form: PathForm): void {
    const before = known.get(kind);
    if (before?.form === form && before.answered) return;
    known.set(kind, { form, answered: true });
    if (remembered[kind] !== form) onForm(kind, form);
  }

  /** What is known of this kind, else what answered for the other one, else the guide's. */
  function order(kind: Nested): readonly [PathForm, PathForm] {
    const best = known.get(kind) ?? [...known.values()].find((one) => one.answered);
    return formsToTry(best?.form);
  }

  /** A 404 created nothing, so trying the other form is safe for a create too, once the company is known to exist. */
  async function search<Answer>(
    kind: Nested,
    [first, second]: readonly [PathForm, PathForm],
    send: (form: PathForm) => Promise<Answer>,
    checkCompany: () => Promise<unknown>,
  ): Promise<Answer> {
    let form = first;
    let answer: Answer;
    try {
      answer = await send(first);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      await checkCompany();
      form = second;
      answer = await send(second);
    }
    answered(kind, form);
    return answer;
  }

  return {
    async send(kind, send, checkCompany) {
      // Where the one that was waited for did not find out, the next one tries.
      while (!known.has(kind) && searches.has(kind)) await searches.get(kind);
      const now = known.get(kind);
      if (now?.answered) return send(now.form);
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
    believe(list) {
      const [first] = list.split(",");
      const form = first?.trim();
      if (form !== "guide" && form !== "reference") return;
      for (const kind of KINDS) {
        if (!known.has(kind) && !searches.has(kind)) known.set(kind, { form, answered: false });
      }
    },
  };
}

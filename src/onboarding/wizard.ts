/** Asks questions in order, with a way back, a review of all answers, and corrections. Knows no question and no terminal. */
import { GoBack } from "../errors.ts";

type Check = (value: string) => string | null;

interface Question {
  readonly message: string;
  /** Whether the question may throw `GoBack`. The wizard sets it. */
  readonly canGoBack?: boolean;
}

/** Asks one question each. The terminal's prompters implement it. */
export interface Questions {
  text(
    question: Question & { default?: string; optional?: boolean; validate?: Check },
  ): Promise<string>;
  secret(question: Question & { validate?: Check }): Promise<string>;
  select<Value extends string>(
    question: Question & {
      choices: readonly { value: Value; name: string; description?: string }[];
      default?: Value;
      no?: Value;
    },
  ): Promise<Value>;
  confirm(question: Question & { default: boolean }): Promise<boolean>;
  number(question: Question & { default: number; min: number; max: number }): Promise<number>;
}

/** One answer of a draft, and how it is asked for. */
export interface Step<Draft> {
  /** The label and the answer, for the list of answers to change; null if there is none, or it can't be changed. */
  readonly shown: (draft: Draft) => readonly [label: string, answer: string] | null;
  /** Whether the answer is needed and missing. */
  readonly isOpen: (draft: Draft) => boolean;
  /** What the answer changes in the draft. May ask nothing, or several questions. */
  readonly ask: (draft: Draft, ask: Questions) => Promise<Partial<Draft>>;
}

export interface WizardOptions<Draft> {
  readonly steps: readonly Step<Draft>[];
  readonly ask: Questions;
  /** Called with the draft after each answer. */
  readonly changed: (draft: Draft) => void;
  /** Shows every answer, before the last question. Null: there is no last question. */
  readonly review: ((draft: Draft) => Promise<void>) | null;
}

/**
 * Asks the open steps in order until none is left, then for a confirmation.
 *
 * @returns the draft with all answers; null if the user does not confirm them
 */
export async function runWizard<Draft>(
  start: Draft,
  { steps, ask, changed, review }: WizardOptions<Draft>,
): Promise<Draft | null> {
  let draft = start;
  /** The steps that asked something, for the way back. */
  const asked: Step<Draft>[] = [];

  /** @returns false if the user wants the question before */
  const put = async (step: Step<Draft>): Promise<boolean> => {
    let hasAsked = false;
    const note = () => {
      hasAsked = true;
    };
    const answer = await unlessBack(step.ask(draft, withBack(ask, note)));
    if (answer === null) return false;
    draft = { ...draft, ...answer };
    changed(draft);
    if (hasAsked) asked.push(step);
    return true;
  };
  /** Asks a step, and the ones before it as often as the user goes back. */
  const putOrGoBack = async (step: Step<Draft>): Promise<void> => {
    let current = step;
    // At the first question there is no way back: it is asked again.
    while (!(await put(current))) current = asked.pop() ?? current;
  };

  for (;;) {
    const open = steps.find((step) => step.isOpen(draft));
    if (open !== undefined) {
      await putOrGoBack(open);
      continue;
    }
    if (review === null) return draft;
    await review(draft);
    switch (await lastQuestion(ask)) {
      case "yes":
        return draft;
      case "stop":
        return null;
      case null: {
        const last = asked.pop();
        if (last !== undefined) await putOrGoBack(last);
        break;
      }
      case "change": {
        const step = await chooseStep(steps, draft, ask);
        if (step !== null) await put(step);
      }
    }
  }
}

/** @returns null if the user wants the question before */
function lastQuestion(ask: Questions): Promise<"yes" | "change" | "stop" | null> {
  const choices = [
    { value: "yes", name: "Yes" },
    { value: "change", name: "Change an answer" },
    { value: "stop", name: "Stop" },
  ] as const;
  const question = { message: "Create this", choices, default: "yes", no: "stop" } as const;
  return unlessBack(ask.select<"yes" | "change" | "stop">({ ...question, canGoBack: true }));
}

/** The step of the answer that is to be changed; null if none after all. */
async function chooseStep<Draft>(
  steps: readonly Step<Draft>[],
  draft: Draft,
  ask: Questions,
): Promise<Step<Draft> | null> {
  const choices = steps.flatMap((step, index) => {
    const shown = step.shown(draft);
    return shown === null ? [] : [{ value: String(index), name: shown.join(": ") }];
  });
  const question = { message: "Change which answer", choices, canGoBack: true };
  const chosen = await unlessBack(ask.select(question));
  return chosen === null ? null : (steps[Number(chosen)] ?? null);
}

/** @returns null if the user wants the question before */
async function unlessBack<Answer>(asking: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof GoBack) return null;
    throw error;
  }
}

/** The same questions, each with its way back set. */
function withBack(ask: Questions, asked: () => void): Questions {
  const ready = <Asked extends Question>(question: Asked) => {
    asked();
    return { ...question, canGoBack: true };
  };
  return {
    text: (question) => ask.text(ready(question)),
    secret: (question) => ask.secret(ready(question)),
    select: (question) => ask.select(ready(question)),
    confirm: (question) => ask.confirm(ready(question)),
    number: (question) => ask.number(ready(question)),
  };
}

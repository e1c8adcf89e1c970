import { expect, test } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { ENTER, scriptedPrompter } from "../support/scripted-prompter.ts";

test("answers by question, in any order, and knows what was asked", async () => {
  const prompter = scriptedPrompter([
    { question: /sites/, answer: 2 },
    { question: "Name", answer: " Acme " },
    { question: "Go ahead", answer: ENTER },
  ]);
  expect(await prompter.text({ message: "Name" })).toBe("Acme");
  expect(await prompter.number({ message: "How many sites", default: 1, min: 1, max: 3 })).toBe(2);
  expect(() => prompter.finish()).toThrow("never asked: Go ahead");
  expect(await prompter.confirm({ message: "Go ahead", default: true })).toBe(true);
  prompter.finish();
  expect(prompter.asked).toEqual(["Name", "How many sites", "Go ahead"]);
});

test("an unexpected question, a second one, and a refused answer fail", async () => {
  const prompter = scriptedPrompter([
    { question: "Name", answer: "x" },
    { question: "Where", answer: "nowhere" },
    { question: "Password", answer: new InterruptedError("sigint") },
  ]);
  await expect(prompter.text({ message: "Other" })).rejects.toThrow("unexpected question: Other");
  const validate = () => "Too short.";
  await expect(prompter.text({ message: "Name", validate })).rejects.toThrow("Too short.");
  await expect(prompter.text({ message: "Name" })).rejects.toThrow("unexpected question");
  const choices = [{ value: "local", name: "Local" }];
  await expect(prompter.select({ message: "Where", choices })).rejects.toThrow("no choice");
  await expect(prompter.secret({ message: "Password" })).rejects.toMatchObject({ exit: "sigint" });
});

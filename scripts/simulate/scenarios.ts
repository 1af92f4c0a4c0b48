import { readFile } from 'node:fs/promises';
import { SCENARIOS } from '../../test/scenario/catalogue.js';
import type { Scenario } from '../../test/scenario/scenario.js';
import { judged } from '../../test/scenario/scenario.js';
import { Stall } from '../../test/simulation/failures.js';
import type { WorldEvent } from '../../test/simulation/world-events.js';
import type { World } from '../../test/simulation/world.js';
import { NAMED_PLANS } from '../../test/simulation/plan-catalogue.js';
import type { Plan } from '../../test/simulation/plan.js';
import { PLAN } from '../../test/simulation/plan.js';
import type { Failure } from '../../test/simulation/plan-player.js';
import { playPlan } from '../../test/simulation/plan-player.js';

/** How a scenario ended. */
export interface PlayedScenario {
  readonly finalBlocks: number;
  readonly events: number;
  readonly failure: Failure | undefined;
}

/** Something that can be played by its name. */
export interface PlayableScenario {
  readonly name: string;
  /** What happens, for people. */
  readonly story: string;
  /** @param watch told of each world before anything happens in it, and of who is in it; what it returns is told of all that does */
  play(watch: ((world: World, cast: string) => (event: WorldEvent) => void) | undefined): Promise<PlayedScenario>;
}

/** No scenario has this name, or the file holds no plan. */
export class ScenarioError extends Error {
  readonly code: 'unknown-scenario' | 'bad-plan';
  constructor(code: ScenarioError['code'], message: string) {
    super(message);
    this.name = 'ScenarioError';
    this.code = code;
  }
}

function ofPlan(name: string, story: string, plan: Plan): PlayableScenario {
  return { name, story, play: (watch) => playPlan(plan, watch === undefined ? {} : { watch }) };
}

function ofScript(scenario: Scenario): PlayableScenario {
  return {
    name: scenario.name, story: `${scenario.story} (${scenario.source})`,
    play: async (watch) => {
      const worlds: World[] = [];
      let failure: Failure | undefined;
      try {
        await judged(scenario, (world) => {
          worlds.push(world);
          const told = watch?.(world, `${world.platforms.length} platforms`);
          if (told !== undefined) world.observe = told;
        });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        failure = { kind: error instanceof Stall ? 'stall' : 'violation', message };
      }
      const sumOf = (of: (world: World) => number): number => worlds.reduce((sum, world) => sum + of(world), 0);
      return { finalBlocks: sumOf(({ finalBlocks }) => finalBlocks), events: sumOf(({ clock }) => clock.eventsRun), failure };
    },
  };
}

/** Every scenario that has a name: plans, adversaries, and what was scripted message by message. */
export function scenarios(): readonly PlayableScenario[] {
  return [...NAMED_PLANS.map(({ name, story, plan }) => ofPlan(name, story, plan)), ...SCENARIOS.map(ofScript)];
}

/** @throws ScenarioError */
export async function scenarioOf(nameOrFile: string): Promise<PlayableScenario> {
  const named = scenarios().find(({ name }) => name === nameOrFile);
  if (named !== undefined) return named;
  let text: string;
  try {
    text = await readFile(nameOrFile, 'utf8');
  } catch {
    throw new ScenarioError('unknown-scenario', `${nameOrFile}: neither a scenario nor a file that can be read; --list-scenarios tells the names`);
  }
  return ofPlan(nameOrFile, `The plan in ${nameOrFile}.`, readPlan(nameOrFile, text));
}

function readPlan(file: string, text: string): Plan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ScenarioError('bad-plan', `${file}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = PLAN.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ScenarioError('bad-plan', `${file}: not a plan: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

import { Optimizer, type OptimizerSettings, type ParameterUpdate, type StepOptions } from './optimizer.ts';

/** An optimizer whose steps are taken at once, one parameter after the other. Extend it for your own. */
export abstract class SynchronousOptimizer<
  Settings extends OptimizerSettings = OptimizerSettings,
> extends Optimizer<Settings> {
  /** Moves one parameter. */
  protected abstract update(update: ParameterUpdate<Settings>): void;

  override step(gradients: Readonly<Record<string, Float32Array>>, options: StepOptions = {}): void {
    const updates = this.beginStep(gradients, options);
    for (const update of updates) this.update(update);
    this.endStep(updates);
  }
}

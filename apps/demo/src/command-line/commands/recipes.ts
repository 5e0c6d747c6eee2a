import { gptRecipes } from '@wordloom/transformer';
import { presets } from '../../presets/presets.ts';
import { defineCommand } from '../command.ts';
import { formatDuration } from '../progress-line.ts';
import { figureText } from '../train-preset.ts';

export const recipesCommand = defineCommand({
  name: 'recipes',
  usage: '',
  summary: 'list the recipes: model sizes and how they are trained',
  details: 'Lists what --recipe of train may name.',
  options: {},
  async run({ terminal }) {
    const { style } = terminal;
    const header = ['recipe', 'layers', 'heads', 'width', 'context', 'batch', 'steps', 'learning rate'];
    const rows = Object.entries(gptRecipes).map(([name, { model, batchSize, steps, learningRate }]) => {
      terminal.event({ type: 'recipe', name, model, batchSize, steps, learningRate });
      const { layerCount, headCount, embeddingSize, contextLength } = model;
      return [
        name,
        ...[layerCount, headCount, embeddingSize, contextLength, batchSize, steps, learningRate].map(String),
      ];
    });
    const widths = header.map((title, column) =>
      Math.max(title.length, ...rows.map((row) => row[column]!.length)),
    );
    const format = (row: readonly string[]): string =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join('  ');
    terminal.line(style.faint(format(header)));
    for (const row of rows) terminal.line(format(row));
    terminal.line();
    for (const { name, summary, input, figure, minutes } of presets.values()) {
      terminal.event({ type: 'recipe', name, summary, input, figure, minutes });
      terminal.line(`${style.strong(name)}  ${summary}`);
      terminal.line(`  reads ${input}`);
      terminal.line(
        `  reaches ${figureText(figure)}, in about ${formatDuration(minutes * 60_000)} on two cores`,
      );
    }
    return 0;
  },
});

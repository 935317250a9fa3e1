import { Command, Option } from 'commander';

import { type Config, flagOf, optionNames, readConfig, variableOf } from '../config.ts';
import { OPTIONS } from '../options.ts';

/** What the commands do; each resolves to the process's exit code. */
export interface Commands {
  serve(config: Config): Promise<number>;
  doctor(config: Config): Promise<number>;
  rbac(config: Config, options: { discover: boolean }): Promise<number>;
  snapshot(config: Config, file: string): Promise<number>;
  policyValidate(config: Config, file: string | undefined): Promise<number>;
}

/**
 * The command line. `run` parses it, reads the configuration and resolves to an exit code; a usage error prints to stderr
 * and ends the process with 1, as does a configuration problem.
 */
export function createProgram(commands: Commands, version: string, environment: NodeJS.ProcessEnv): Command {
  const program = new Command('daytwo')
    .description(
      'Answers day-two questions about a Flux cluster over MCP, and proposes Git branches. Never writes to the cluster.',
    )
    .version(version)
    .showHelpAfterError('(daytwo --help lists the commands and options)')
    .configureOutput({ writeOut: (text) => process.stdout.write(text) });
  const readNow = (): Config => {
    const { config: file, ...flags } = program.opts<Record<string, unknown> & { config?: string }>();
    return readConfig({ flags, environment, file: file ?? environment['DAYTWO_CONFIG'] });
  };
  addOptions(program);
  addCommands(program, commands, readNow);
  return program;
}

async function finish(code: Promise<number>): Promise<void> {
  process.exitCode = await code;
}

function addCommands(program: Command, commands: Commands, config: () => Config): void {
  program
    .command('serve', { isDefault: true })
    .description('serve MCP over stdio (the default)')
    .action(() => finish(commands.serve(config())));
  program
    .command('doctor')
    .description(
      'check the cluster, the permissions, the repository and the policy; each with a verdict and a remedy',
    )
    .action(() => finish(commands.doctor(config())));
  program
    .command('rbac')
    .description('print the ClusterRole daytwo needs, as YAML')
    .option('--discover', 'add the API groups that this cluster serves and daytwo can read', false)
    .action((options: { discover: boolean }) => finish(commands.rbac(config(), options)));
  program
    .command('snapshot')
    .description('record the cluster, projected and redacted, to one file')
    .argument('<file>', 'file to write; refuses to overwrite')
    .action((file: string) => finish(commands.snapshot(config(), file)));
  program
    .command('policy')
    .description('work with the access policy')
    .command('validate')
    .description('check a policy file and run its tests')
    .argument('[file]', 'policy file (default: the one in force)')
    .action((file: string | undefined) => finish(commands.policyValidate(config(), file)));
}

function addOptions(program: Command): void {
  program.option(
    '--config <FILE>',
    'configuration file, YAML with the keys of these options (environment: DAYTWO_CONFIG)',
  );
  for (const name of optionNames()) {
    const { argument, description } = OPTIONS[name];
    program.addOption(
      new Option(`${flagOf(name)} <${argument}>`, `${description} (environment: ${variableOf(name)})`),
    );
  }
}

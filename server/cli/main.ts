import { Command, CommanderError } from 'commander'
import { accountCommands } from './account-commands.ts'
import { CommandFailed } from './api.ts'
import { backupCommands } from './backup-commands.ts'
import { doctorCommand } from './doctor-command.ts'
import { followCommand } from './follow-command.ts'
import { importCommand } from './import-command.ts'
import { incidentCommands } from './incident-commands.ts'
import { privacyCommands } from './privacy-commands.ts'
import { recomputeCommand } from './recompute-command.ts'
import { replayCommand } from './replay-command.ts'
import { settingsCommands } from './settings-commands.ts'
import { siteCommands } from './site-commands.ts'
import { wallCommands } from './wall-commands.ts'

/** The command line: talks to the running server over HTTP, and to its Redis for what concerns the data itself. Exit codes: 0 done, 1 failed, 2 wrong use. */

const program = new Command('floorwatch')
  .description('Talks to the running Floorwatch of this machine (or of --url).')
  .option('--json', 'print results as JSON')
  .option('--url <url>', 'address of the server; default: HOST and PORT of the environment, or where npm start runs')
  .option('--token <token>', 'bearer token; default: ADMIN_TOKEN, or the keys in DATA_DIR')
  .showHelpAfterError('(floorwatch --help tells more)')
  .helpCommand('help [command]', 'how to use a command')

for (const add of [accountCommands, siteCommands, settingsCommands, importCommand, recomputeCommand, followCommand, replayCommand, incidentCommands, backupCommands, privacyCommands, wallCommands, doctorCommand]) add(program)

const strict = (command: Command): void => {
  command.exitOverride().allowExcessArguments(false)
  for (const child of command.commands) {
    // Options of every command may stand after it too.
    if (!child.options.some(({ long }) => long === '--json')) child.option('--json', 'print results as JSON')
    strict(child)
  }
}
strict(program)

const run = async (): Promise<number> => {
  try {
    await program.parseAsync(process.argv)
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 || error.code === 'commander.helpDisplayed' || error.code === 'commander.version' ? 0 : 2
    if (!(error instanceof CommandFailed)) throw error
    console.error(error.message)
    return error.exitCode
  }
}

process.exitCode = await run()

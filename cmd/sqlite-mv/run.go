package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
)

// run executes one call of the program and returns its exit code: 0, 1 after any error, or the code given to .exit.
func run(args []string, stdin *os.File, stdout, stderr *os.File) int {
	if isExchange(args) {
		return runExchange(args[1], args[2:], stdout, stderr)
	}
	opts, err := parseOptions(args, stdout)
	if errors.Is(err, errHelpShown) {
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "sqlite-mv: Error: %v\nUse -help for a list of options.\n", err)
		return 1
	}
	sh := newShell(stdin, stdout, stderr)
	defer sh.close()
	sh.terminal = isatty.IsTerminal(stdout.Fd())
	sh.interactive = !opts.Batch && isatty.IsTerminal(stdin.Fd()) && len(opts.SQL) == 0
	sh.applyOptions(opts)
	if err := sh.open(opts.File, opts.Readonly); err != nil {
		sh.report(err)
		return 1
	}
	defer sh.watchInterrupts()()
	if isatty.IsTerminal(stderr.Fd()) {
		sh.showProgress()
	}
	err = sh.runAll(opts)
	if exit, ok := errors.AsType[exitError](err); ok {
		return int(exit)
	}
	if err != nil || sh.errors > 0 {
		return 1
	}
	return 0
}

// exitError ends the program with a code; .quit and .exit return it.
type exitError int

// Error names the code.
func (e exitError) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// runAll does what the command line asks for, in sqlite3's order: -init, -cmd, then a graph, the SQL arguments, or
// the standard input.
func (sh *shell) runAll(opts *options) error {
	if opts.Version {
		return sh.printVersion()
	}
	if opts.Init != "" {
		if err := sh.readFile(opts.Init); err != nil {
			return err
		}
	}
	for _, c := range opts.Cmd {
		if err := sh.runArgument(c); err != nil {
			return err
		}
	}
	if opts.Dot || opts.Mermaid {
		return sh.printGraphs(opts)
	}
	if len(opts.SQL) > 0 {
		for _, text := range opts.SQL {
			if err := sh.runArgument(text); err != nil {
				return err
			}
		}
		return nil
	}
	if sh.interactive {
		return sh.runPrompt()
	}
	return sh.runScript(sh.stdin, "")
}

// runArgument runs one -cmd or SQL argument: a dot command, or statements. Unlike in a script, an error ends the program.
func (sh *shell) runArgument(text string) error {
	defer sh.out.Flush()
	if strings.HasPrefix(text, ".") {
		before := sh.errors
		err := sh.runCommand(text)
		if err != nil && !isExit(err) && !errors.Is(err, errScript) {
			sh.report(err)
		}
		if err == nil && sh.errors > before {
			err = errScript // what .read or .import have reported
		}
		return err
	}
	err := sh.runText(text)
	if err != nil {
		sh.reportSQL(err, "", 0)
	}
	return err
}

func isExit(err error) bool {
	_, ok := errors.AsType[exitError](err)
	return ok
}

// printGraphs is --dot and --mermaid: every SQL argument names a view.
func (sh *shell) printGraphs(opts *options) error {
	form := formDot
	if opts.Mermaid {
		form = formMermaid
	}
	if len(opts.SQL) == 0 {
		err := fmt.Errorf("--%s needs the name of a materialized view after the file", form)
		sh.report(err)
		return err
	}
	for _, view := range opts.SQL {
		if err := sh.explainView(view, form); err != nil {
			sh.report(err)
			return err
		}
	}
	return sh.out.Flush()
}

// printVersion is -version.
func (sh *shell) printVersion() error {
	v, err := sh.versionLine()
	if err != nil {
		sh.report(err)
		return err
	}
	fmt.Fprintln(sh.out, v)
	return sh.out.Flush()
}

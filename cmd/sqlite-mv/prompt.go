package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/ergochat/readline"
)

// The prompts; the second asks for the rest of a statement.
const (
	mainPrompt     = "sqlite-mv> "
	continuePrompt = "   ...> "
)

// historyLimit is how many lines the history keeps.
const historyLimit = 5000

// runPrompt reads statements and dot commands from the terminal until .quit or Ctrl-D. Ctrl-C at the prompt drops what
// has been typed.
func (sh *shell) runPrompt() error {
	editor, err := readline.NewFromConfig(&readline.Config{
		Prompt:            mainPrompt,
		HistoryFile:       historyFile(),
		HistoryLimit:      historyLimit,
		HistorySearchFold: true,
		AutoComplete:      &completer{sh: sh},
		EOFPrompt:         "\n",
		Undo:              true,
	})
	if err != nil {
		err = fmt.Errorf("cannot start the line editor: %w", err)
		sh.report(err)
		return err
	}
	defer editor.Close()
	if err := sh.greet(); err != nil {
		return err
	}
	script := &statementReader{}
	for {
		if script.pending() {
			editor.SetPrompt(continuePrompt)
		} else {
			editor.SetPrompt(mainPrompt)
		}
		line, err := editor.ReadLine()
		switch {
		case errors.Is(err, readline.ErrInterrupt):
			script.rest()
			continue
		case errors.Is(err, io.EOF):
			fmt.Fprintln(sh.out)
			sh.out.Flush()
			return nil
		case err != nil:
			err = fmt.Errorf("cannot read the terminal: %w", err)
			sh.report(err)
			return err
		}
		sh.interrupt.taken()
		err = sh.feed(script, line, "")
		sh.out.Flush()
		if isExit(err) {
			return err
		}
	}
}

// greet prints the first lines of an interactive run.
func (sh *shell) greet() error {
	version, err := sh.versionLine()
	if err != nil {
		sh.report(err)
		return err
	}
	fmt.Fprintln(sh.out, version)
	fmt.Fprintln(sh.out, `Enter ".help" for usage hints.`)
	if sh.db.file == ":memory:" {
		fmt.Fprintln(sh.out, "Connected to a transient in-memory database.\nUse \".open FILENAME\" to reopen on a persistent database.")
	}
	return sh.out.Flush()
}

// historyFile returns where the history is kept, in the XDG state folder, or "" when that can't be made.
// https://specifications.freedesktop.org/basedir-spec/latest/
func historyFile() string {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) { // the specification: relative paths are to be ignored
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		state = filepath.Join(home, ".local", "state")
	}
	folder := filepath.Join(state, "sqlite-mv")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return ""
	}
	return filepath.Join(folder, "history")
}

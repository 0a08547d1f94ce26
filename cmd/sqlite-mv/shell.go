package main

import (
	"bufio"
	"context"
	"io"
	"sync"
)

// shell is one run of the program: a connection, the settings, and where input comes from and output goes.
type shell struct {
	stdin  io.Reader
	out    *bufio.Writer
	stderr io.Writer

	terminal    bool // the output is a terminal
	interactive bool // there is a prompt

	settings      settings
	db            *database
	inTransaction bool // a statement of the user's has opened a transaction

	errors  int // errors reported so far; any makes the exit code 1
	reading int // depth of .read

	interrupt interrupt
	progress  *progressBar
	closeOnce sync.Once
}

func newShell(stdin io.Reader, stdout, stderr io.Writer) *shell {
	return &shell{stdin: stdin, out: bufio.NewWriterSize(stdout, 64<<10), stderr: stderr}
}

// open replaces the database by another file.
func (sh *shell) open(file string, readonly bool) error {
	db, err := openDatabase(context.Background(), file, readonly)
	if err != nil {
		return err
	}
	if sh.db != nil {
		sh.db.close()
	}
	sh.db = db
	return nil
}

// close ends the shell; an open transaction is rolled back by SQLite.
func (sh *shell) close() {
	sh.closeOnce.Do(func() {
		sh.out.Flush()
		if sh.db != nil {
			sh.db.close()
		}
	})
}

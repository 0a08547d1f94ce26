package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// errScript ends a script after an error that -bail or Ctrl-C made the last; it has been reported.
var errScript = errors.New("script stopped")

// maxReading is how deep .read may nest, as in sqlite3.
const maxReading = 25

// runScript runs the lines of r: dot commands, and statements that may span lines. Errors are reported and the script
// goes on, unless bail is set. file is named in messages; "" is the standard input.
func (sh *shell) runScript(r io.Reader, file string) error {
	defer sh.out.Flush()
	lines := bufio.NewReaderSize(r, 64<<10)
	script := &statementReader{}
	for {
		line, err := lines.ReadString('\n')
		if line == "" && err != nil {
			if err != io.EOF {
				err = fmt.Errorf("cannot read %s: %w", cmpName(file), err)
				sh.report(err)
				return err
			}
			return sh.runChunk(script.rest(), file, script.begun)
		}
		if err := sh.feed(script, strings.TrimRight(line, "\r\n"), file); err != nil {
			return err
		}
		if sh.interrupt.taken() {
			return errScript
		}
	}
}

func cmpName(file string) string {
	if file == "" {
		return "the standard input"
	}
	return fmt.Sprintf("%q", file)
}

// statementReader gathers lines until they are whole statements.
type statementReader struct {
	text  strings.Builder
	line  int // lines read
	begun int // the line at which text begins
}

// pending tells whether a statement has begun.
func (s *statementReader) pending() bool { return s.text.Len() > 0 }

// rest returns what has been gathered, and forgets it.
func (s *statementReader) rest() string {
	text := s.text.String()
	s.text.Reset()
	return text
}

// feed takes one line of a script and runs what is complete.
func (sh *shell) feed(s *statementReader, line, file string) error {
	s.line++
	if !s.pending() {
		switch {
		case strings.HasPrefix(line, "."):
			return sh.runScriptCommand(line)
		case strings.HasPrefix(line, "#"), nothing(line):
			if sh.settings.echo {
				fmt.Fprintln(sh.out, line)
			}
			return nil
		}
		s.begun = s.line
		if _, form, ok := explainedView(line); ok && form != formTree { // its semicolon may be in the comment
			return sh.runChunk(line, file, s.begun)
		}
	} else {
		s.text.WriteByte('\n')
	}
	s.text.WriteString(line)
	if !strings.Contains(line, ";") || !complete(s.text.String()) {
		return nil
	}
	return sh.runChunk(s.rest(), file, s.begun)
}

// runScriptCommand runs a dot command of a script.
func (sh *shell) runScriptCommand(line string) error {
	if sh.settings.echo {
		fmt.Fprintln(sh.out, line)
	}
	err := sh.runCommand(line)
	switch {
	case err == nil:
		return nil
	case isExit(err), errors.Is(err, errScript):
		return err
	}
	sh.report(err)
	if sh.settings.bail && !sh.interactive {
		return errScript
	}
	return nil
}

// runChunk runs complete statements that begin at line of file.
func (sh *shell) runChunk(text, file string, line int) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	if sh.settings.echo {
		fmt.Fprintln(sh.out, text)
	}
	err := sh.runText(text)
	if sh.interactive {
		sh.out.Flush()
	}
	if err == nil {
		return nil
	}
	if sh.interactive && sh.reading == 0 {
		line = -1
	}
	sh.reportSQL(err, file, line)
	if errors.Is(err, errInterrupted) && sh.reading > 0 || sh.settings.bail && !sh.interactive {
		return errScript
	}
	return nil
}

// readFile runs a script file; .read and -init call it.
func (sh *shell) readFile(name string) error {
	if sh.reading >= maxReading {
		return fmt.Errorf("input nesting limit (%d) reached in %q", maxReading, name)
	}
	f, err := os.Open(name)
	if err == nil {
		var info os.FileInfo
		if info, err = f.Stat(); err == nil && info.IsDir() {
			err = errors.New("is a directory")
		}
	}
	if err != nil {
		return fmt.Errorf("cannot open %q", name)
	}
	defer f.Close()
	sh.reading++
	defer func() { sh.reading-- }()
	return sh.runScript(f, name)
}

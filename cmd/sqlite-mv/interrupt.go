package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
)

// errInterrupted is the end of a statement by Ctrl-C.
var errInterrupted = errors.New("interrupted")

// exitPresses is how often Ctrl-C must be pressed during one statement to end the program at once, as in sqlite3.
const exitPresses = 3

// interrupt hands Ctrl-C to what is running.
type interrupt struct {
	mu      sync.Mutex
	stop    func() // ends the running statement; nil between statements
	presses int    // since that statement began, or since taken was called
}

// watchInterrupts begins to listen for Ctrl-C; the result stops it. Outside a statement Ctrl-C ends a script; at the
// prompt it never arrives, because the line editor reads it as a key.
func (sh *shell) watchInterrupts() func() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-signals:
				if sh.interrupt.press() >= exitPresses {
					os.Exit(1)
				}
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}

// press is Ctrl-C. It returns how often it came.
func (i *interrupt) press() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.presses++
	if i.stop != nil {
		i.stop()
	}
	return i.presses
}

// begin returns the context of a statement on the connection; end must be called after it.
func (i *interrupt) begin(db *database) (ctx context.Context, end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stop = func() {
		db.interrupt()
		cancel()
	}
	return ctx, func() {
		i.mu.Lock()
		i.stop = nil
		i.mu.Unlock()
		cancel()
	}
}

// taken tells whether Ctrl-C was pressed since the last call.
func (i *interrupt) taken() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	p := i.presses
	i.presses = 0
	return p > 0
}

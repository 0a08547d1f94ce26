package rqlite

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// statement is one of a request: its text, then its parameters.
type statement []any

// result is what rqlite answers to a statement.
type result struct {
	Error    string  `json:"error"`
	Affected int64   `json:"rows_affected"`
	Values   [][]any `json:"values"`
}

// errStatement is the error of a statement that was run and failed: the same on every node, and nothing of it stays.
var errStatement = errors.New("statement failed")

var client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}

// call sends a request; an answer other than 200 is an error.
func call(method, url, contentType string, body []byte) ([]byte, error) {
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, out)
	}
	return out, err
}

// run sends statements to an endpoint and returns their results. The error wraps errStatement where it is one of theirs.
func (n *node) run(path string, statements ...statement) ([]result, error) {
	body, err := json.Marshal(statements)
	if err != nil {
		return nil, err
	}
	b, err := call("POST", n.url(path), "application/json", body)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Results []result `json:"results"`
		Error   string   `json:"error"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&answer); err != nil {
		return nil, err
	}
	if answer.Error != "" {
		return nil, errors.New(answer.Error)
	}
	for i, r := range answer.Results {
		if r.Error != "" {
			return answer.Results, fmt.Errorf("%w: %s: %v", errStatement, r.Error, statements[min(i, len(statements)-1)])
		}
	}
	return answer.Results, nil
}

// execute runs statements that write, outside of a transaction.
func (n *node) execute(statements ...statement) error {
	_, err := n.run("/db/execute", statements...)
	return err
}

// lines runs queries of one column of text each on this node's own file, in one transaction.
func (n *node) lines(queries ...string) ([][]string, error) {
	var list []statement
	for _, q := range queries {
		list = append(list, statement{q})
	}
	results, err := n.run("/db/query?level=none&transaction", list...)
	if err != nil {
		return nil, err
	}
	out := make([][]string, len(results))
	for i, r := range results {
		for _, row := range r.Values {
			out[i] = append(out[i], fmt.Sprint(row[0]))
		}
	}
	return out, nil
}

// isLeader tells whether the node says that it leads.
func (n *node) isLeader() bool {
	b, err := call("GET", n.url("/status"), "", nil)
	if err != nil {
		return false
	}
	var s struct {
		Store struct {
			Raft struct {
				State string `json:"state"`
			} `json:"raft"`
		} `json:"store"`
	}
	return json.Unmarshal(b, &s) == nil && s.Store.Raft.State == "Leader"
}

// snapshot makes the node take a snapshot of its log.
func (n *node) snapshot() error {
	_, err := call("POST", n.url("/snapshot"), "", nil)
	return err
}

using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>The state of one run: values read, actions gathered, work done. Nodes have no state; all of it is here.</summary>
internal sealed class FilterRun
{
    private const int StepsBetweenClockReads = 1024;
    private readonly CompiledFilter _filter;
    private readonly FilterRunOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly RunMemory _memory;
    private readonly TextValue[]?[] _slots;
    private readonly List<FilterEffect> _actions = [];
    private readonly List<DuplicateMark> _marks = [];
    private readonly List<FilterHit> _hits = [];
    private readonly RuleHits _ruleHits;
    private readonly List<CompiledFilter> _ran = [];
    private readonly Stack<string?> _loops = [];
    private FilterRule? _rule;
    private int _breaking;
    private readonly IncludedScripts _scripts;
    private long _nextClockRead;
    private long _steps;
    private bool _keepCancelled;
    private VariableStore? _variables;

    public FilterRun(
        CompiledFilter filter, FilterInput input, FilterRunOptions options, RunMemory memory, CancellationToken cancellation)
    {
        _memory = memory;
        _steps = memory.Steps;
        _nextClockRead = _steps + StepsBetweenClockReads;
        _filter = filter;
        _ruleHits = new(filter, _hits);
        _options = options;
        _cancellation = cancellation;
        _slots = new TextValue[]?[filter.Sources.Length];
        Input = input;
        IsOutgoing = input.Envelope.Direction == MailDirection.Outgoing;
        Flags = input.Context.Event?.Flags ?? [];
        Trace = options.Traces ? new(filter.Text) : null;
        Index = filter.Index is { } index && Trace is null && !(filter.NeedsEnvelope && IsOnEvent) ? new(index) : null;
        _scripts = new(filter.Library, filter.Reference, options.Limits);
    }

    /// <summary>A script that another includes: what it does is done by the same run, with variables of its own.</summary>
    private FilterRun(FilterRun includer, CompiledFilter filter)
        : this(filter, includer.Input, includer._options, includer._memory, includer._cancellation)
    {
        _actions = includer._actions;
        _marks = includer._marks;
        _hits = includer._hits;
        _ruleHits = new(filter, _hits);
        _ran = includer._ran;
        _scripts = includer._scripts;
        _steps = includer._steps;
        _nextClockRead = includer._nextClockRead;
        _keepCancelled = includer._keepCancelled;
        IsOpen = includer.IsOpen;
        Flags = includer.Flags;
        Trace = includer.Trace?.Of(filter.Text);
    }

    /// <summary>The message as the script has left it so far.</summary>
    public FilterInput Input { get; private set; }

    /// <summary>How often the message was changed by the script itself.</summary>
    public int Version { get; private set; }

    /// <summary>What is known of the script's tests together; null where they are evaluated one by one, as for a trace.</summary>
    public PredicateState? Index { get; }

    /// <summary>Whether the mailbox's owner is sending the message.</summary>
    public bool IsOutgoing { get; }

    /// <summary>Whether the script runs on an IMAP event (RFC 6785), not on mail that arrives or leaves.</summary>
    public bool IsOnEvent => Input.Context.Event is not null;

    /// <summary>Whether the commands that run now were opened to outgoing mail by a direction test.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Whether actions and stop take effect here.</summary>
    public bool Acts => !IsOutgoing || IsOpen;

    public FilterTrace? Trace { get; }

    /// <summary>The flags of what is kept and filed without flags of its own (RFC 5232 3).</summary>
    public ImmutableArray<string> Flags { get; set; } = [];

    /// <summary>The bounds on the run.</summary>
    public FilterLimits Limits => _options.Limits;

    /// <summary>The script's variables.</summary>
    public VariableStore Variables => _variables ??= new(_options.Limits.VariableOctets);

    /// <summary>The values that an action matches, one field after another.</summary>
    public TextValue[] Candidate { get; set; } = [];

    /// <summary>Whether an error or a question ended the run; tests then have no meaning and commands do nothing.</summary>
    public bool IsHalted => Error is not null || Question is not null;

    /// <summary>What the run ended at because its answer is not known yet.</summary>
    public FilterQuestion? Question { get; private set; }

    public FilterError? Error { get; private set; }

    /// <summary>The values of a source, read when first asked for.</summary>
    public TextValue[] Values(int slot) => _slots[slot] ??= Input.Read(_filter.Sources[slot]);

    /// <summary>The variables that all scripts of the run share (RFC 6609 3.4).</summary>
    public VariableStore Globals => _scripts.Globals;

    /// <summary>Runs another script at this place (RFC 6609 3.2).</summary>
    public Flow Include(ScriptReference script, bool once, bool optional, SourceSpan at)
    {
        if (_scripts.Enter(script, once, optional, out var fault) is not { } filter)
        {
            if (fault is not null)
            {
                Fail(FilterCodes.BadInclude, fault, at);
            }

            return Flow.Next;
        }

        var run = new FilterRun(this, filter);
        var flow = filter.Execute(run);
        _scripts.Leave();
        Take(run);
        return flow == Flow.Stop ? Flow.Stop : Flow.Next;
    }

    private void Take(FilterRun included)
    {
        _steps = included._steps;
        _nextClockRead = included._nextClockRead;
        _keepCancelled = included._keepCancelled;
        Flags = included.Flags;
        Error ??= included.Error;
        Question ??= included.Question;
        if (!ReferenceEquals(Input, included.Input))
        {
            Replace(included.Input);
        }
    }

    /// <summary>The actions so far, for scripts that test scripts.</summary>
    public List<FilterEffect> Actions => _actions;

    /// <summary>Goes on with another message altogether, as a script that tests scripts does.</summary>
    public void GoOnWith(FilterInput input) => Replace(input);

    /// <summary>Takes the error away, so that the run goes on: a test that failed does not end the tests after it.</summary>
    public FilterError? TakeError()
    {
        var error = Error;
        Error = null;
        return error;
    }

    /// <summary>Goes on with a changed message: all that was read of the old one is forgotten (RFC 5293 6).</summary>
    private void Replace(FilterInput changed)
    {
        // The loop over parts goes on with the part that stands where the old one stood.
        if (Part is { } part && Input.Parts.Root is { } root && changed.Parts.Root is { } newRoot && !ReferenceEquals(root, newRoot))
        {
            Part = PartPath.Of(root, part) is { } path ? PartPath.Find(newRoot, path) : null;
        }

        Input = changed;
        Version++;
        Array.Clear(_slots);
        Index?.Reset();
    }

    /// <summary>The script's commands are executed.</summary>
    public void Begin() => _ran.Add(_filter);

    /// <summary>A rule begins.</summary>
    public void Enter(FilterRule rule)
    {
        _rule = rule;
        if (rule.IsNamed)
        {
            Trace?.Enter(rule);
        }
    }

    /// <summary>A rule does something about the message.</summary>
    public void Hit(FilterRule rule, SourceSpan? condition) => _ruleHits.Begin(rule, condition);

    /// <summary>A branch is taken inside of a rule; gives what <see cref="LeaveBranch"/> takes.</summary>
    public FilterHit? EnterBranch(SourceSpan chain, SourceSpan? condition) => _ruleHits.Enter(chain, condition);

    /// <summary>The branch inside of a rule has ended.</summary>
    public void LeaveBranch(FilterHit? outer) => _ruleHits.Leave(outer);

    /// <summary>A command has done something that decides what becomes of the message.</summary>
    public void Acted(SourceSpan at) => _ruleHits.Acted(at);

    /// <summary>Counts work where nothing can end the run; the next command or test does.</summary>
    public void Spend(int steps) => _steps += steps;

    /// <summary>Counts work; false when the run must end.</summary>
    public bool Charge(int steps, SourceSpan at)
    {
        _steps += steps;
        return _steps < _nextClockRead ? !IsHalted : CheckLimits(at);
    }

    /// <summary>The answer to a question; null, and the run ends, where it is not known yet.</summary>
    public object? Ask(FilterQuestion question)
    {
        if (_memory.Answers.TryGetValue(question, out var answer))
        {
            return answer;
        }

        if (_memory.Answers.Count >= RunMemory.MostQuestions)
        {
            Fail(FilterCodes.TooMuchWork, $"The script asks for more than {RunMemory.MostQuestions} things for one message.", question.Span);
            return null;
        }

        Question ??= question;
        return null;
    }

    /// <summary>Hands the work done on to the next run.</summary>
    public void Remember() => _memory.Steps = _steps;

    /// <summary>Ends the run with an error; the first one counts.</summary>
    public void Fail(string code, string message, SourceSpan at) =>
        Error ??= new(code, message, _filter.Text.Name, LineOf(at));

    /// <summary>The line of a place in the script.</summary>
    public int LineOf(SourceSpan at) => _filter.Text.LineOf(at.Start);

    /// <summary>Adds an effect; one that is there already is not added again (RFC 5228 2.10.3).</summary>
    public void Act(FilterEffect action, SourceSpan at)
    {
        action = action with { Line = LineOf(at), Script = _filter.Text.Name, Rule = RuleOf(at), Changes = ChangesFor(action) };
        Trace?.Act(at, action);
        Acted(at);
        if (_actions.Find(other => action.ConflictsWith(other) || other.ConflictsWith(action)) is { } conflict)
        {
            Fail(FilterCodes.ConflictingActions, ConflictOf(action, conflict), at);
            return;
        }

        _keepCancelled |= !action.IsCopy;
        if (_actions.FindIndex(action.IsSameAs) is >= 0 and var same)
        {
            _actions[same] = _actions[same] with { Flags = action.Flags }; // RFC 5232 3: the last flags win
            return;
        }

        _actions.Add(action);
        if (_actions.Count > _options.Limits.Actions)
        {
            Fail(FilterCodes.TooManyActions, $"The script takes more than {_options.Limits.Actions} actions on one message.", at);
        }
        else if (IsForward(action) && _actions.Count(IsForward) > _options.Limits.Redirects)
        {
            Fail(FilterCodes.TooManyRedirects, $"The script sends one message to more than {_options.Limits.Redirects} other addresses.", at);
        }
    }

    /// <summary>The part of the message that a loop is at, or null (RFC 5703 3).</summary>
    public Mime.MimePart? Part { get; set; }

    /// <summary>A loop begins.</summary>
    public void EnterLoop(string? name) => _loops.Push(name);

    /// <summary>A loop ends; says what comes after it.</summary>
    public Flow LeaveLoop(Flow flow)
    {
        _loops.Pop();
        return flow == Flow.Break && --_breaking == 0 ? Flow.Next : flow;
    }

    /// <summary>Ends the loop of a name, or the innermost one, and those inside of it; false where there is none.</summary>
    public bool Break(string? name)
    {
        var depth = 1;
        foreach (var loop in _loops)
        {
            if (name is null || name == loop)
            {
                _breaking = depth;
                return true;
            }

            depth++;
        }

        return false;
    }

    /// <summary>Notes what the host is to remember of the message.</summary>
    public void Mark(DuplicateMark mark)
    {
        if (!_marks.Contains(mark))
        {
            _marks.Add(mark);
        }
    }

    /// <summary>Changes the message for all that follows; tests see the change.</summary>
    public void Change(MessageChange change, SourceSpan at)
    {
        if (Input.Changes.Length >= _options.Limits.Changes)
        {
            Fail(FilterCodes.TooManyChanges, $"The script changes one message more than {_options.Limits.Changes} times.", at);
            return;
        }

        Replace(Input.With(change));
        Acted(at);
        Trace?.Change(at, change);
    }

    public FilterResult ToResult()
    {
        var keep = new FilterEffect.Keep { IsImplicit = true, Changes = IsHalted ? [] : Input.Changes, Flags = IsHalted ? [] : Flags };
        ImmutableArray<FilterEffect> actions =
            IsHalted ? [keep]
            : _keepCancelled || _actions.Exists(action => action is FilterEffect.Keep) ? [.. _actions]
            : [.. _actions, keep];
        return new(actions) { Changes = Input.Changes, Error = Error, Steps = _steps, DuplicateMarks = IsHalted ? [] : [.. _marks], Scripts = [.. _ran.Distinct()], Hits = [.. _hits], Trace = Trace?.ToImmutable(Input.Message.Notes) ?? [] };
    }

    // The rule that was entered last has ended where a command stands outside of it.
    private FilterRule? RuleOf(SourceSpan at) => _rule is { } rule && rule.Span.Start <= at.Start && at.End <= rule.Span.End ? rule : null;

    // RFC 5703 6: what is sent on is not enclosed.
    private ImmutableArray<MessageChange> ChangesFor(FilterEffect action) =>
        IsForward(action) && Input.Changes.Any(change => change is MessageChange.Enclose)
            ? [.. Input.Changes.TakeWhile(change => change is not MessageChange.Enclose)]
            : Input.Changes;

    private static string ConflictOf(FilterEffect action, FilterEffect earlier) => action.GetType() == earlier.GetType()
        ? $"`{action.Name}` was done on line {earlier.Line} already; a script may do it once."
        : $"`{action.Name}` cannot go together with `{earlier.Name}` on line {earlier.Line}.";

    private static bool IsForward(FilterEffect action) => action is FilterEffect.Redirect or FilterEffect.FileIntoMailbox;

    private bool CheckLimits(SourceSpan at)
    {
        _nextClockRead = _steps + StepsBetweenClockReads;
        if (_steps > _options.Limits.Steps)
        {
            Fail(FilterCodes.TooMuchWork, $"The script needs more than {_options.Limits.Steps} steps for one message.", at);
        }
        else if (_cancellation.IsCancellationRequested || _options.Clock.GetElapsedTime(_memory.Started) > _options.Limits.Time)
        {
            Fail(FilterCodes.TooMuchTime, $"The script took longer than {_options.Limits.Time.TotalSeconds:0.###} s for one message.", at);
        }

        return !IsHalted;
    }
}

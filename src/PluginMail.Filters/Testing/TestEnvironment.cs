using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Testing;

/// <summary>
/// What the commands of one test file work on: message, envelope, the last compiled script, the result so far, the store.
/// A run that has to wait begins anew, with an environment of its own, so that it does the same again.
/// </summary>
internal sealed class TestEnvironment(Func<string, byte[]?> read, FilterCompilerOptions options)
{
    private CompiledFilter? _script;
    private FilterEnvelope _envelope = new();
    private FilterEnvelope? _envelopeOfSent;
    private ImapEvent? _event;

    public static FilterEnvelope DefaultEnvelope { get; } = new()
    {
        From = "sender@example.com",
        To = "recipient@example.com",
        OriginalTo = "recipient@example.com",
        OwnerAddresses = ["recipient@example.com"],
    };

    public TestStore Store { get; } = new();

    public List<FilterTestOutcome> Outcomes { get; } = [];

    public List<string> Printed { get; } = [];

    /// <summary>What the last compile or run found wrong.</summary>
    public List<string> Errors { get; } = [];

    public List<FilterEffect> Result { get; } = [];

    /// <summary>Why the test that runs has failed, or null.</summary>
    public string? Failure { get; set; }

    public byte[] Message { get; private set; } = "\r\n"u8.ToArray();

    /// <summary>Makes octets the current message.</summary>
    public void SetMessage(FilterRun run, byte[] message)
    {
        Message = message;
        _envelopeOfSent = null;
        run.GoOnWith(Input());
    }

    /// <summary>Makes a message that was sent the current one, and its envelope with it.</summary>
    public void SetMessage(FilterRun run, SentMessage sent)
    {
        Message = sent.Message;
        _envelopeOfSent = new() { From = sent.From, To = sent.Recipient };
        run.GoOnWith(Input());
    }

    /// <summary>Sets a part of the envelope or of the IMAP event; false where there is none of that name, or it cannot have the value.</summary>
    public bool Set(FilterRun run, string part, string value) =>
        part.StartsWith("imap.", StringComparison.Ordinal) ? SetEvent(run, part, value) : SetEnvelope(run, part, value);

    /// <summary>With its first item the event begins; without a cause it is over, and mail arrives again.</summary>
    private bool SetEvent(FilterRun run, string item, string value)
    {
        ImapEvent current = _event ?? new(ImapCause.Copy, "INBOX", DefaultEnvelope.To!, DefaultEnvelope.To!);
        if (item == "imap.cause" && value.Length == 0)
        {
            _event = null;
            run.GoOnWith(Input());
            return true;
        }

        ImapEvent? changed = item switch
        {
            "imap.cause" => Enum.TryParse(value, ignoreCase: true, out ImapCause cause) && Enum.IsDefined(cause) ? current with { Cause = cause } : null,
            "imap.mailbox" => current with { Mailbox = value },
            "imap.user" => current with { User = value },
            "imap.email" => current with { Email = value },
            "imap.changedflags" => current with { Cause = ImapCause.Flag, ChangedFlags = FlagSet.Parse([value]) },
            "imap.flags" => current with { Flags = FlagSet.Parse([value]) },
            _ => null,
        };
        _event = changed ?? _event;
        run.GoOnWith(Input());
        return changed is not null;
    }

    private bool SetEnvelope(FilterRun run, string part, string value)
    {
        FilterEnvelope? changed = part switch
        {
            "envelope.from" => _envelope with { From = value.Trim('<', '>') },
            "envelope.to" => _envelope with { To = value.Trim('<', '>') },
            "envelope.orig_to" => _envelope with { OriginalTo = value.Trim('<', '>') },
            "envelope.auth" => _envelope with { AuthenticatedAs = value },
            _ => null,
        };
        _envelope = changed ?? _envelope;
        _envelopeOfSent = null;
        run.GoOnWith(Input());
        return changed is not null;
    }

    /// <summary>Compiles a script, and with it what it includes.</summary>
    public bool Compile(string file)
    {
        Errors.Clear();
        _script = null;
        if (Find(file) is not { } compilation)
        {
            Errors.Add($"there is no script {file}");
            return false;
        }

        Errors.AddRange(compilation.Errors.Select(error => error.Message));
        Errors.AddRange(Settings.Disabled(compilation).Select(name => $"The extension `{name}` is not enabled."));
        _script = compilation.Filter is { } filter && Errors.Count == 0
            ? filter.Link(TestTasks.Complete(FilterLibrary.GatherAsync(filter, (script, _) => new(Find(script.Name + ".sieve") ?? Find(script.Name)), CancellationToken.None)))
            : null;
        return _script is not null;
    }

    /// <summary>Runs the script that was compiled last.</summary>
    public bool Run(bool append)
    {
        Errors.Clear();
        if (_script is null)
        {
            Errors.Add("no script was compiled");
            return false;
        }

        return Take(TestTasks.Complete(_script.RunAsync(Input(), new() { Limits = Settings.Limits })), append);
    }

    /// <summary>Runs scripts one after the other, as those of the server and of the mailbox.</summary>
    public bool RunSequence(IEnumerable<string> files)
    {
        var scripts = new List<CompiledFilter>();
        foreach (var file in files)
        {
            if (!Compile(file))
            {
                return false;
            }

            scripts.Add(_script!);
        }

        return Take(TestTasks.Complete(FilterSequence.RunAsync(scripts, Input(), new() { Limits = Settings.Limits })), append: false);
    }

    /// <summary>Carries the result out.</summary>
    public bool Execute(IEnumerable<FilterEffect> own)
    {
        var envelope = EnvelopeOf(MimeFilterMessage.Of(Message));
        foreach (var effect in Result.Concat(own))
        {
            TestDelivery.Carry(effect, Message, envelope, _event, Store, Settings);
        }

        return true;
    }

    public void Reset()
    {
        Result.Clear();
        Store.Sent.Clear();
        Store.Marks.Clear();
    }

    /// <summary>The settings of the engine.</summary>
    public TestSettings Settings { get; } = new();

    /// <summary>The settings come into force, for the current message as well.</summary>
    public void Reload(FilterRun run)
    {
        Settings.Reload();
        run.GoOnWith(Input());
    }

    private bool Take(FilterResult result, bool append)
    {
        if (!append)
        {
            Result.Clear();
        }

        Result.AddRange(result.Effects.Select(Settings.Bound));
        foreach (var mark in result.DuplicateMarks)
        {
            Store.Marks.Add((mark.Handle, mark.UniqueId));
        }

        if (result.Error is { } error)
        {
            Errors.Add(error.Message);
        }

        return result.Error is null;
    }

    private FilterCompilation? Find(string file) => read(file) is { } script ? FilterCompiler.Compile(script, file, Settings.For(options)) : null;

    private static string? FirstAddress(MimeFilterMessage message, string header) => message.GetAddresses(header) is [var first, ..] ? first.Whole : null;

    private FilterInput Input()
    {
        var message = MimeFilterMessage.Of(Message);
        var envelope = EnvelopeOf(message);
        return new(message, _event is null ? envelope : new FilterEnvelope { OwnerAddresses = envelope.OwnerAddresses })
        {
            Context = Settings.ContextOf(message, new TestHost(() => Store)) with { Event = _event },
        };
    }

    private FilterEnvelope EnvelopeOf(MimeFilterMessage message)
    {
        var envelope = _envelopeOfSent ?? _envelope with
        {
            From = _envelope.From ?? FirstAddress(message, "from") ?? DefaultEnvelope.From,
            To = _envelope.To ?? FirstAddress(message, "to") ?? DefaultEnvelope.To,
        };
        return envelope with { OriginalTo = envelope.OriginalTo ?? envelope.To, OwnerAddresses = [Settings.OwnerAddress ?? envelope.To!] };
    }
}

/// <summary>Tasks of which it is known that they never wait: everything that they ask is in memory.</summary>
internal static class TestTasks
{
    public static T Complete<T>(ValueTask<T> task) =>
        task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("A test's script waited for something.");
}

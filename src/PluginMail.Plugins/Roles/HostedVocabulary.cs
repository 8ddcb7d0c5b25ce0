using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Plugins.Generations;

namespace PluginMail.Plugins.Roles;

/// <summary>The words that a plugin adds to the filter language, called like any other role. Nothing in it refers to the plugin.</summary>
internal sealed class HostedVocabulary : IFilterVocabulary
{
    public HostedVocabulary(PluginSlot slot, RoleTable roles)
    {
        Tests = [.. roles.FilterTests.Values.Select(hosted => Host(slot, hosted.Role))];
        Actions = [.. roles.FilterActions.Values.Select(hosted => Host(slot, hosted.Role))];
    }

    public ImmutableArray<FilterTest> Tests { get; }

    public ImmutableArray<FilterAction> Actions { get; }

    private static FilterTest Host(PluginSlot slot, FilterTest test)
    {
        var word = new HostedWord<FilterTest, bool>(slot, FilterTestKind.Instance, test.Name, roles => roles.FilterTests);
        return test with { Parameters = [.. test.Parameters], Evaluate = word.AskAsync };
    }

    private static FilterAction Host(PluginSlot slot, FilterAction action)
    {
        var word = new HostedWord<FilterAction, Verdict>(slot, FilterActionKind.Instance, action.Name, roles => roles.FilterActions);
        return action with { Parameters = [.. action.Parameters], Run = word.AskAsync };
    }
}

/// <summary>A use of a word in a script.</summary>
internal readonly record struct WordUse(IMessageView Message, FilterArguments Arguments);

/// <summary>A word of a plugin's vocabulary, whichever version serves at the moment of the call.</summary>
internal sealed class HostedWord<TWord, TAnswer>(
    PluginSlot slot, RoleKind<TWord, WordUse, TAnswer> kind, string name, Func<RoleTable, IReadOnlyDictionary<string, HostedRole<TWord>>> words)
    where TWord : class
{
    private readonly Invoker<TWord, WordUse, TAnswer> _invoker = new(slot, kind);

    /// <exception cref="FilterWordException">The plugin is at fault, or no longer there: a run-time error of the script.</exception>
    public async ValueTask<TAnswer> AskAsync(IMessageView message, FilterArguments arguments, CancellationToken cancellationToken)
    {
        if (slot.Enter(message.Session) is not { } generation)
        {
            throw new FilterWordException($"{name}: the plugin {slot.Name} does not run");
        }

        if (!words(generation.Roles).TryGetValue(name, out var hosted))
        {
            generation.Exit();
            throw new FilterWordException($"{name}: the plugin {slot.Name} no longer has it");
        }

        var answer = await _invoker.InvokeAsync(generation, hosted, new WordUse(message, arguments), cancellationToken);
        return answer.Fault is null ? answer.Value : throw new FilterWordException($"{name}: {answer.Fault}");
    }
}

internal sealed class FilterTestKind : RoleKind<FilterTest, WordUse, bool>
{
    public static readonly FilterTestKind Instance = new();

    public override string Name => "filter test";

    public override bool Absent => false;

    public override ValueTask<bool> Call(FilterTest role, WordUse input, CancellationToken cancellationToken) =>
        role.Evaluate(input.Message, input.Arguments, cancellationToken);

    public override ISessionView SessionOf(WordUse input) => input.Message.Session;

    public override void Abandoned(WordUse input) => (input.Message as IOutlivedView)?.Outlive();

    public override string? FindNonsense(bool answer) => null;

    public override bool Substitute(OnFault onFault) => false;
}

internal sealed class FilterActionKind : VerdictKind<FilterAction, WordUse>
{
    public static readonly FilterActionKind Instance = new();

    public override string Name => "filter action";

    public override ValueTask<Verdict> Call(FilterAction role, WordUse input, CancellationToken cancellationToken) =>
        role.Run(input.Message, input.Arguments, cancellationToken);

    public override ISessionView SessionOf(WordUse input) => input.Message.Session;

    public override void Abandoned(WordUse input) => (input.Message as IOutlivedView)?.Outlive();
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PluginMail.Milter.Protocol;

namespace PluginMail.Milter.Sessions;

/// <summary>One milter: opens dialogs with it and keeps some for the next session where the settings want that.</summary>
internal sealed class MilterPeer(MilterServer server, MilterOptions options, TimeProvider clock, MilterFigures figures, ILogger log) : IDisposable
{
    private const uint ReusableSince = 6; // SMFIC_QUIT_NC
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<MilterDialog> _idle = new();
    private volatile bool _isClosed;

    public MilterServer Server => server;

    public MilterOptions Options => options;

    public MilterFigures Figures => figures;

    public ILogger Log => log;

    /// <summary>A dialog that has agreed on its terms and stands before CONNECT.</summary>
    /// <exception cref="MilterFaultException">There is none to be had.</exception>
    public async ValueTask<MilterDialog> OpenAsync(CancellationToken cancellationToken)
    {
        while (_idle.TryDequeue(out var idle))
        {
            if (clock.GetElapsedTime(idle.Connection.UsedAt) < LongestIdle && idle.Connection.IsQuiet)
            {
                return idle;
            }

            idle.Dispose();
        }

        long start = figures.Now;
        var connection = await MilterConnection.OpenAsync(server.Address, server.ConnectTimeout, server.MaximumBody, clock, cancellationToken);
        try
        {
            connection.Write(MilterCommand.Negotiate, MilterTerms.Offer());
            var answer = await connection.ReadAsync(server.CommandTimeout, cancellationToken);
            if (answer.Kind != MilterCommand.Negotiate)
            {
                throw new MilterFaultException($"it answered \"{answer.Letter}\" to the negotiation");
            }

            var terms = MilterTerms.Read(answer.Data);
            figures.Answered(server.Name, MilterCommand.Negotiate, start);
            MilterLog.Agreed(log, server.Name, terms.Version, $"{(uint)terms.Actions:x}", $"{(uint)terms.Steps:x}");
            return new MilterDialog(this, connection, terms);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Ends a dialog whose session ends, or keeps its connection for the next.</summary>
    public async ValueTask CloseAsync(MilterDialog dialog, CancellationToken cancellationToken)
    {
        bool isKept = !_isClosed && dialog.Terms.Version >= ReusableSince && _idle.Count < server.IdleConnections;
        try
        {
            await dialog.QuitAsync(isKept, cancellationToken);
        }
        catch (Exception e) when (e is MilterFaultException or OperationCanceledException)
        {
            isKept = false; // it is gone, and nothing is lost with it
        }

        if (isKept)
        {
            _idle.Enqueue(dialog);
        }
        else
        {
            dialog.Dispose();
        }

        if (_isClosed)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _isClosed = true;
        while (_idle.TryDequeue(out var idle))
        {
            idle.Dispose();
        }
    }
}
